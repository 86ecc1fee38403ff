"""F26: IPv6 addresses, as a host is written, shown and filed."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import SessionError
from runner.target import Limits
from runner.transport.classify import place_of
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.doors import Door, door

LIMITS = Limits(connect=5.0, command=5.0, close=1.0)


def no_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            return True
    return False


needs_ipv6 = pytest.mark.skipif(no_ipv6(), reason="this machine has no ::1")


@pytest.mark.parametrize(
    ("host", "port", "place"),
    [
        ("::1", 22, "[::1]:22"),
        ("2001:db8::7", 2222, "[2001:db8::7]:2222"),
        ("fe80::1%eth0", 22, "[fe80::1%eth0]:22"),
        ("192.0.2.1", 22, "192.0.2.1:22"),
    ],
)
def test_an_address_in_a_message(host: str, port: int, place: str) -> None:
    assert place_of(host, port) == place


@needs_ipv6
def test_a_session_and_its_accepted_key(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    with door(Door(), host="::1") as target:
        for mode in ("accept-new", "strict"):
            session = GuardedNetmiko(target, LIMITS, HostKeys(mode, (file,), file), threading.Event())
            session.connect()
            session.close()
            assert session.close_confirmed
    assert file.read_text().startswith(f"[::1]:{target.port} ssh-ed25519 ")


@needs_ipv6
def test_an_unknown_key_is_told_with_brackets(tmp_path: Path) -> None:
    with door(Door(), host="::1") as target:
        session = GuardedNetmiko(target, LIMITS, HostKeys("strict"), threading.Event())
        with pytest.raises(SessionError) as caught:
            session.connect()
    assert f"[::1]:{target.port}: its key is not known" in caught.value.message
    assert f"ssh-keyscan -p {target.port} ::1" in caught.value.hint


@needs_ipv6
def test_nothing_listens_there() -> None:
    with door(Door(), host="::1") as target:
        pass
    session = GuardedNetmiko(target, LIMITS, HostKeys("ignore"), threading.Event())
    with pytest.raises(SessionError, match=rf"TCP connection to \[::1\]:{target.port}: refused"):
        session.connect()


@needs_ipv6
def test_through_a_jump_host() -> None:
    outside = Door(forwards=True)
    with door(outside, "jump1", host="::1") as jump, door(Door(), host="::1") as target:
        session = GuardedNetmiko(replace(target, jump=jump), LIMITS, HostKeys("ignore"), threading.Event())
        session.connect()
        session.close()
    assert outside.forwarded == [("::1", target.port)]
