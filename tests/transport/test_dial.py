"""Names and addresses: what cannot be reached is told with its phase, and no name server can hold a run."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time

import pytest

from runner.errors import SessionError, Stopped
from runner.lab import ports
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.dial import dial
from runner.transport.host_keys import HostKeys
from runner.transport.watch import Watch
from tests.transport.conftest import Bench
from tests.transport.scripted import free_sockets


def connect(hostname: str, port: int = 22, seconds: float = 5.0, cancelled: threading.Event | None = None) -> SessionError:
    target = Target(name="r1", hostname=hostname, port=port, platform="cisco_ios")
    session = GuardedNetmiko(target, Limits(connect=seconds, close=0.3), HostKeys("ignore"), cancelled or threading.Event())
    with pytest.raises(SessionError) as caught:
        session.connect()
    return caught.value


def gaierror(code: int) -> object:
    def look(*_: object, flags: int = 0, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME if flags else code, "as the test wants it")

    return look


@pytest.mark.parametrize(
    ("code", "cause"),
    [(socket.EAI_NONAME, "not_found"), (socket.EAI_AGAIN, "resolver_failed"), (socket.EAI_FAIL, "resolver_failed")],
    ids=["unknown", "again", "fail"],
)
def test_f26_a_name_that_is_not_resolved(monkeypatch: pytest.MonkeyPatch, code: int, cause: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", gaierror(code))
    error = connect("r1.example.net", 2022)
    assert (error.phase, error.cause) == ("dns", cause)
    assert "name resolution of r1.example.net:2022" in error.message
    assert error.hint


@pytest.mark.parametrize("name", ["x" * 70 + ".example.net", "a..b", "x" * 5000, "a\0b"], ids=["label", "empty", "long", "nul"])
def test_f26_a_name_that_cannot_be_one(name: str) -> None:
    error = connect(name)
    assert error.phase == "dns"
    assert error.cause in ("bad_name", "not_found", "resolver_failed")
    assert len(error.message) < 300
    assert "\0" not in error.message


def test_f26_an_ipv6_address_is_shown_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    error = connect("::1", 1)
    assert error.phase == "tcp"
    assert "[::1]:1" in error.message


@pytest.mark.parametrize("stop", [False, True], ids=["deadline", "stop"])
def test_f26_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch, stop: bool) -> None:
    answer, cancelled = threading.Event(), threading.Event()

    def look(*_: object, flags: int = 0, **__: object) -> object:
        if not flags:
            answer.wait(30)
        raise socket.gaierror(socket.EAI_NONAME, "too late")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    begun = time.monotonic()
    if stop:
        threading.Timer(0.2, cancelled.set).start()
        with pytest.raises(Stopped):
            dial("r1.example.net", 22, Watch("r1.example.net:22", cancelled))
    else:
        assert connect("r1.example.net", seconds=0.3).cause == "dns_timeout"
    assert time.monotonic() - begun < 5.0
    answer.set()


def test_all_addresses_are_tried(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    """The first address refuses, the second never answers, the third is the device."""
    port, nobody = bench.fleet.address("r1")[1], port_of(next(free_sockets()))
    hole = ports.black_hole(nobody_else := port_of(next(free_sockets())))

    def look(*_: object, flags: int = 0, **__: object) -> object:
        if flags:
            raise socket.gaierror(socket.EAI_NONAME, "not an address")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number)) for number in (nobody, nobody_else, port)]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    target = dataclasses.replace(bench.target(), hostname="r1.example.net")
    session = bench.session(target, keys=HostKeys("ignore"), limits=Limits(connect=2.0, close=1.0))
    session.connect()
    assert "UTC" in session.send("show clock").output
    for sock in hole:
        sock.close()


def port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    sock.close()
    return port


def test_f11_no_descriptor_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> object:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "socket", none)
    error = connect("127.0.0.1")
    assert (error.phase, error.cause) == ("tcp", "no_descriptors")
    assert "ulimit -n" in error.hint
