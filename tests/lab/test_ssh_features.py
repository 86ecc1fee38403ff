"""Logins by key and by questions, old algorithms, IPv6, and devices as jump hosts, seen from the client's side."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncssh
import paramiko
import pytest

from runner.lab import Device, Faults, Fleet, LabError
from tests.lab.client import PATIENCE, SILENCE, is_silent, netmiko, read_to_end, read_until, transport
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


@contextmanager
def through(fleet: Fleet, jump: str, name: str) -> Iterator[paramiko.Transport]:
    """A logged-in transport to `name` by way of `jump`."""
    with transport(fleet, jump) as first:
        channel = first.open_channel("direct-tcpip", fleet.address(name), ("127.0.0.1", 1), timeout=PATIENCE)
        client = paramiko.Transport(channel)
        try:
            client.start_client(timeout=PATIENCE)
            client.auth_password("admin", "admin")
            yield client
        finally:
            client.close()


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


@pytest.fixture
def jumping() -> Iterator[Fleet]:
    """r1 forwards, r2 and r3 do not."""
    with Fleet([Device("r1", jump=True), Device("r2"), Device("r3")]) as fleet:
        yield fleet
        for device in fleet.devices:
            fleet.set_faults(device.name, Faults())
        assert fleet.wait_idle(), fleet.counters()
    assert fleet.problems() == ()


def test_a_jump_host_counts_what_it_forwards(jumping: Fleet) -> None:
    with through(jumping, "r1", "r2") as first:
        channel = first.open_session(timeout=PATIENCE)
        channel.invoke_shell()
        read_until(channel, b"r2#")
        assert jumping.counters("r1").forwarding == 1
        assert jumping.sessions("r1")[0].forwarded == (jumping.address("r2"),)
        with through(jumping, "r1", "r3"):
            counters = jumping.counters("r1")
            assert (counters.forwarding, counters.forwarding_peak, counters.forwarded, counters.live) == (2, 2, 2, 2)
            assert jumping.counters("r2").live == jumping.counters("r3").live == 1
    assert jumping.wait_idle()
    counters = jumping.counters()
    assert (counters.forwarding, counters.forwarding_peak, counters.forwarded) == (0, 2, 2)
    assert jumping.counters("r2").forwarded == 0


def test_the_jump_hosts_connection_ends_those_through_it(jumping: Fleet) -> None:
    with transport(jumping, "r1") as jump:
        ends = [jump.open_channel("direct-tcpip", jumping.address(name), ("127.0.0.1", 1), timeout=PATIENCE) for name in ("r2", "r3")]
        assert all(end.recv(8) == b"SSH-2.0-" for end in ends)
        assert (jumping.counters("r2").live, jumping.counters("r3").live) == (1, 1)
        jump.close()
        assert jumping.wait_idle()
    assert jumping.counters("r1").forwarding == 0


def test_a_device_that_closes_is_seen_through_the_jump_host(jumping: Fleet) -> None:
    with through(jumping, "r1", "r2") as client:
        channel = client.open_session(timeout=PATIENCE)
        channel.get_pty()
        channel.invoke_shell()
        read_until(channel, b"r2#")
        channel.sendall(b"exit\n")
        assert read_to_end(channel) == b"exit\r\n"
        client.join(PATIENCE)
        assert not client.is_alive()
        deadline = time.monotonic() + PATIENCE
        while jumping.counters("r2").live and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (jumping.counters("r2").live, jumping.counters("r1").live) == (0, 1)


@pytest.mark.parametrize(
    ("jump", "target", "message"),
    [
        pytest.param("r2", ("127.0.0.1", 22), "Administratively prohibited", id="no jump host"),
        pytest.param("r1", ("192.0.2.1", 22), "Administratively prohibited", id="not loopback"),
        pytest.param("r1", ("127.0.0.1", 1), "Connect failed", id="refused"),
    ],
)
def test_what_is_not_forwarded(jumping: Fleet, jump: str, target: tuple[str, int], message: str) -> None:
    with transport(jumping, jump) as client, pytest.raises(paramiko.ChannelException, match=message):
        client.open_channel("direct-tcpip", target, ("127.0.0.1", 1), timeout=PATIENCE)
    assert jumping.counters(jump).forwarded == 0


def test_a_target_that_never_answers_holds_nothing_when_the_client_leaves(jumping: Fleet) -> None:
    jumping.set_faults("r2", Faults(hang_at="tcp"))
    with transport(jumping, "r1") as client:
        with pytest.raises(paramiko.SSHException, match="Timeout"):
            client.open_channel("direct-tcpip", jumping.address("r2"), ("127.0.0.1", 1), timeout=SILENCE)
        assert jumping.counters("r1").live == 1
    assert jumping.wait_idle()
    assert jumping.counters("r1").forwarded == 0


def forwarded(fleet: Fleet, client: paramiko.Transport) -> paramiko.Channel:
    channel = client.open_channel("direct-tcpip", fleet.address("r2"), ("127.0.0.1", 1), timeout=PATIENCE)
    channel.settimeout(PATIENCE)
    return channel


@pytest.mark.parametrize(
    ("faults", "first"),
    [
        pytest.param(Faults(close_at="banner"), b"", id="close_at banner"),
        pytest.param(Faults(close_at="kex"), b"SSH-2.0-Cisco-1.25\r\n", id="close_at kex"),
        pytest.param(Faults(not_ssh=b"HTTP/1.1 400\r\n"), b"HTTP/1.1 400\r\n", id="not_ssh"),
    ],
)
def test_faults_before_the_key_exchange_through_a_jump_host(jumping: Fleet, faults: Faults, first: bytes) -> None:
    jumping.set_faults("r2", faults)
    with transport(jumping, "r1") as client:
        channel = forwarded(jumping, client)
        channel.sendall(b"SSH-2.0-judge\r\n")
        assert read_to_end(channel) == first


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        pytest.param(Faults(refuse=True), paramiko.ChannelException, id="refuse"),
        pytest.param(Faults(reject_password=True), paramiko.AuthenticationException, id="reject_password"),
        pytest.param(Faults(close_at="auth"), (EOFError, paramiko.SSHException), id="close_at auth"),
        pytest.param(Faults(old_algorithms=True), paramiko.SSHException, id="old_algorithms"),
    ],
)
def test_faults_of_the_login_through_a_jump_host(
    jumping: Fleet, faults: Faults, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    jumping.set_faults("r2", faults)
    with pytest.raises(error), through(jumping, "r1", "r2"):
        pass
    assert jumping.wait_idle()
    assert jumping.counters("r2").logins == 0


def test_a_hanging_device_is_silent_through_a_jump_host_and_let_go_with_it(jumping: Fleet) -> None:
    jumping.set_faults("r2", Faults(hang_at="banner"))
    with transport(jumping, "r1") as client:
        channel = forwarded(jumping, client)
        assert is_silent(channel)
        assert jumping.counters("r2").live == 1
    assert jumping.wait_idle()


def test_a_device_that_never_lets_go_is_counted_though_the_jump_host_has_closed(jumping: Fleet) -> None:
    jumping.set_faults("r2", Faults(hang_on_exit=True))
    with through(jumping, "r1", "r2"):
        pass
    assert not jumping.wait_idle(SILENCE)
    assert (jumping.counters("r1").live, jumping.counters("r2").live) == (0, 1)
