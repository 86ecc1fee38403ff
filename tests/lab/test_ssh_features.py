"""Logins by key and by questions, old algorithms, and IPv6, seen from the client's side."""

from __future__ import annotations

import asyncio
import socket

import asyncssh
import paramiko
import pytest

from runner.lab import Device, Faults, Fleet, LabError
from tests.lab.client import PATIENCE, SILENCE, netmiko, read_until, transport
from tests.lab.conftest import Faulty

pytestmark = pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # devices use what they are asked to
NASTY = "### > authorised only > ###\n# you are watched #\n"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def public(key: paramiko.PKey) -> str:
    return f"{key.get_name()} {key.get_base64()} someone@here"


def test_a_public_key_lets_in_beside_the_password() -> None:
    mine, other = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
    with Fleet([Device("r1", public_keys=(public(mine),))]) as fleet:
        with transport(fleet, "r1", password=None) as client:
            assert client.auth_publickey("admin", mine) == []
            channel = client.open_session(timeout=PATIENCE)
            channel.invoke_shell()
            read_until(channel, b"r1#")
        for user, key in (("admin", other), ("eve", mine)):
            with transport(fleet, "r1", password=None) as client, pytest.raises(paramiko.AuthenticationException):
                client.auth_publickey(user, key)
        with netmiko(fleet, "r1") as connection:
            assert connection.find_prompt() == "r1#"
        assert fleet.wait_idle()
        by_key, *refused, by_password = fleet.sessions("r1")
        assert (by_key.authenticated, by_key.password_attempts) == (True, 0)
        assert [record.authenticated for record in refused] == [False, False]
        assert (by_password.authenticated, by_password.password_attempts) == (True, 1)


def test_without_a_password_only_a_key_lets_in() -> None:
    key = paramiko.ECDSAKey.generate()
    with Fleet([Device("r1", password=None, public_keys=(public(key),))]) as fleet:
        for password in ("admin", "", "None"):
            with transport(fleet, "r1", password=None) as client, pytest.raises(paramiko.BadAuthenticationType) as refused:
                client.auth_password("admin", password)
            assert refused.value.allowed_types == ["publickey"]
        with transport(fleet, "r1", password=None) as client:
            client.auth_publickey("admin", key)


def methods(client: paramiko.Transport) -> set[str]:
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        client.auth_none("admin")
    return set(refused.value.allowed_types)


def answer(client: paramiko.Transport, *answers: str) -> list[str]:
    """Answer the questions of keyboard-interactive in turn; the questions."""
    questions: list[str] = []
    waiting = list(answers)

    def handler(title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        questions.extend(text for text, _ in prompts)
        assert not any(echoed for _, echoed in prompts)
        return [waiting.pop(0) for _ in prompts]

    client.auth_interactive("admin", handler)
    return questions


def test_interactive_only(faulty: Faulty) -> None:
    fleet = faulty(Faults(interactive_only=True))
    with transport(fleet, "r1", password=None) as client:
        assert methods(client) == {"keyboard-interactive"}
        with pytest.raises(paramiko.AuthenticationException):
            answer(client, "wrong")
        assert answer(client, "admin") == ["Password: "]
        assert fleet.sessions("r1")[0].authenticated
        assert fleet.sessions("r1")[0].password_attempts == 2


def test_second_factor(faulty: Faulty) -> None:
    fleet = faulty(Faults(second_factor="Verification code: "))
    with transport(fleet, "r1", password=None) as client:
        assert methods(client) == {"keyboard-interactive"}
        with pytest.raises(paramiko.AuthenticationException):
            answer(client, "admin", "000000")
        assert not fleet.sessions("r1")[0].authenticated, "the password alone is not enough"
        with pytest.raises(paramiko.AuthenticationException):
            answer(client, "123456")
        assert answer(client, "admin", "123456") == ["Password: ", "Verification code: "]
    with transport(fleet, "r2", password=None) as client:
        assert "password" in methods(client)


def test_login_banner_f18(faulty: Faulty) -> None:
    fleet = faulty(Faults(login_banner=NASTY))
    with transport(fleet, "r1") as client:
        assert client.get_banner() == NASTY.replace("\n", "\r\n").encode()
    with netmiko(fleet, "r1") as connection:
        assert connection.find_prompt() == "r1#"


OLD = {
    "kex_algs": "diffie-hellman-group1-sha1",
    "encryption_algs": "aes128-cbc",
    "mac_algs": "hmac-sha1",
    "server_host_key_algs": "ssh-rsa",
}


async def connect(fleet: Fleet, **options: str) -> str:
    """The host key's line of known_hosts, seen by a client that speaks what `options` say."""
    host, port = fleet.address("r1")
    connection = await asyncssh.connect(
        host, port, username="admin", password="admin", known_hosts=None, config=None, client_keys=None, **options
    )
    try:
        assert connection.get_extra_info("send_cipher") == "aes128-cbc"
        key = connection.get_server_host_key()
        assert key is not None
        return f"[{host}]:{port} " + " ".join(key.export_public_key().decode().split()[:2])
    finally:
        connection.close()
        await connection.wait_closed()


@pytest.mark.parametrize("kex", ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1"])
def test_old_algorithms_f27_need_a_client_that_opts_in_to_all_of_them(faulty: Faulty, kex: str) -> None:
    fleet = faulty(Faults(old_algorithms=True))
    assert asyncio.run(connect(fleet, **OLD | {"kex_algs": kex})) == fleet.host_key_line("r1")
    for left_out in ("kex_algs", "encryption_algs", "server_host_key_algs"):
        newer = {**OLD, left_out: {"kex_algs": "curve25519-sha256", "server_host_key_algs": "rsa-sha2-256"}.get(left_out, "aes256-ctr")}
        with pytest.raises((asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)):  # both sides find out at once
            asyncio.run(connect(fleet, **newer))
    assert fleet.counters("r1").logins == 1


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_a_fleet_on_ipv6_f26() -> None:
    with Fleet(Device.fleet(2), host="::1") as fleet:
        assert fleet.address("r1")[0] == "::1"
        with netmiko(fleet, "r1") as connection:
            assert connection.find_prompt() == "r1#"
        assert fleet.host_key_line("r1").startswith(f"[::1]:{fleet.address('r1')[1]} ssh-ed25519 ")
        fleet.set_faults("r1", Faults(refuse=True))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(fleet.address("r1"), timeout=PATIENCE)
        fleet.set_faults("r1", Faults(hang_at="tcp"))
        with pytest.raises(TimeoutError):
            socket.create_connection(fleet.address("r1"), timeout=SILENCE)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost"])  # noqa: S104  # what must be refused
def test_a_fleet_listens_on_loopback_alone(host: str) -> None:
    with pytest.raises(LabError, match="does not listen on"):
        Fleet(Device.fleet(1), host=host)
