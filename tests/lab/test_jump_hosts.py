"""Devices as jump hosts: what they forward, how it is counted, and that every fault is the same through one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest

from runner.lab import Device, Faults, Fleet
from tests.lab.client import PATIENCE, SILENCE, is_silent, read_to_end, read_until, transport

pytestmark = pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # devices use what they are asked to


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
