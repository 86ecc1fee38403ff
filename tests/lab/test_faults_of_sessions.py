"""Devices that refuse, hang, close or turn a login away, each phase seen from the client's side."""

from __future__ import annotations

import asyncio
import socket

import asyncssh
import paramiko
import pytest

from runner.lab import Faults, Fleet
from tests.lab.client import BANNER, PATIENCE, SILENCE, ask, is_silent, raw, read_to_end, read_until, shell, transport
from tests.lab.conftest import Faulty


def test_refuse(faulty: Faulty) -> None:
    fleet = faulty(Faults(refuse=True))
    with pytest.raises(ConnectionRefusedError):
        raw(fleet)
    with pytest.raises(OSError, match="in use"), socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(fleet.address("r1"))
    assert fleet.counters().total == 0


def test_hang_at_tcp_is_a_connection_that_nobody_answers(faulty: Faulty) -> None:
    fleet = faulty(Faults(hang_at="tcp"))
    with pytest.raises(TimeoutError):
        socket.create_connection(fleet.address("r1"), timeout=SILENCE)
    assert fleet.counters().total == 0


def test_hang_at_banner(faulty: Faulty) -> None:
    with raw(fleet := faulty(Faults(hang_at="banner"))) as sock:
        assert is_silent(sock)
        assert fleet.counters("r1").live == 1


def test_hang_at_kex(faulty: Faulty) -> None:
    with raw(faulty(Faults(hang_at="kex"))) as sock:
        assert sock.recv(100) == BANNER
        sock.sendall(b"SSH-2.0-judge\r\n")
        assert is_silent(sock)


def test_hang_at_auth(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(hang_at="auth")), "r1", password=None) as client:
        client.auth_timeout = SILENCE
        with pytest.raises(paramiko.AuthenticationException, match="timeout"):
            client.auth_password("admin", "admin")
    assert fleet.sessions("r1")[0].password_attempts == 0


def test_hang_at_shell(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(hang_at="shell")), "r1") as client:
        with pytest.raises(paramiko.SSHException, match="Timeout"):
            client.open_session(timeout=SILENCE)
        assert fleet.counters("r1").logins == 1


def test_hang_at_prompt(faulty: Faulty) -> None:
    with shell(faulty(Faults(hang_at="prompt")), "r1") as channel:
        channel.sendall(b"\n")
        assert is_silent(channel)


def test_hang_at_command_echoes_and_lets_session_commands_through(faulty: Faulty) -> None:
    with shell(faulty(Faults(hang_at="command")), "r1") as channel:
        read_until(channel, b"r1#")
        assert ask(channel, "terminal length 0") == ""
        channel.sendall(b"show version\n")
        assert read_until(channel, b"\n") == b"show version\r\n"
        assert is_silent(channel)


@pytest.mark.parametrize(("phase", "first"), [("banner", b""), ("kex", BANNER)])
def test_close_before_the_key_exchange(faulty: Faulty, phase: str, first: bytes) -> None:
    faults = {"banner": Faults(close_at="banner"), "kex": Faults(close_at="kex")}[phase]
    with raw(faulty(faults)) as sock:
        sock.sendall(b"SSH-2.0-judge\r\n")
        received = b"".join(iter(lambda: sock.recv(100), b""))
    assert received == first


def test_close_at_auth(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(close_at="auth")), "r1", password=None) as client:
        with pytest.raises((EOFError, paramiko.SSHException)):
            client.auth_password("admin", "admin")
        assert fleet.counters("r1").logins == 0


def test_close_at_shell(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(close_at="shell")), "r1") as client:
        with pytest.raises((EOFError, paramiko.SSHException)):
            client.open_session(timeout=PATIENCE)
        client.join(PATIENCE)
        assert not client.is_alive()
        assert fleet.wait_idle()


def test_close_at_prompt(faulty: Faulty) -> None:
    with shell(fleet := faulty(Faults(close_at="prompt")), "r1") as channel:
        assert read_to_end(channel) == b""
        assert fleet.wait_idle()


def test_close_at_command_is_in_the_middle_of_an_output(faulty: Faulty) -> None:
    with shell(fleet := faulty(Faults(close_at="command")), "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(b"terminal length 0\nshow version\n")
        data = read_to_end(channel)
        assert b"Cisco IOS Software" in data
        assert b"Configuration register" not in data
        assert fleet.wait_idle()


def test_not_ssh(faulty: Faulty) -> None:
    answer = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    with raw(faulty(Faults(not_ssh=answer))) as sock:
        sock.sendall(b"SSH-2.0-judge\r\n")
        assert b"".join(iter(lambda: sock.recv(100), b"")) == answer


def test_reject_password(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(reject_password=True)), "r1", password=None) as client:
        with pytest.raises(paramiko.AuthenticationException):
            client.auth_password("admin", "admin")
        record = fleet.sessions("r1")[0]
        assert (record.password_attempts, record.authenticated) == (1, False)


def test_a_client_that_insists_is_closed_after_three_passwords(fleet: Fleet) -> None:
    class Stubborn(asyncssh.SSHClient):
        def password_auth_requested(self) -> str:
            return "wrong"

        def kbdint_auth_requested(self) -> None:
            return None

    async def insist() -> None:
        host, port = fleet.address("r1")
        await asyncssh.connect(host, port, client_factory=Stubborn, username="admin", known_hosts=None, config=None, client_keys=None)

    with pytest.raises(asyncssh.PermissionDenied, match="Too many authentication failures"):
        asyncio.run(insist())
    assert fleet.wait_idle()
    assert fleet.sessions("r1")[0].password_attempts == 3


def test_a_wrong_password_or_user_is_rejected_without_a_fault(fleet: Fleet) -> None:
    for user, password in (("admin", "wrong"), ("eve", "admin")):
        with transport(fleet, "r1", password=None) as client, pytest.raises(paramiko.AuthenticationException):
            client.auth_password(user, password)


def test_vty_full(faulty: Faulty) -> None:
    with transport(fleet := faulty(Faults(vty_full=True)), "r1") as client:
        with pytest.raises(paramiko.ChannelException):
            client.open_session(timeout=PATIENCE)
        assert fleet.counters("r1").logins == 1
