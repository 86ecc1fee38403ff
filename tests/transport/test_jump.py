"""Sessions through jump hosts: one shared connection, strict keys at every hop, errors that name the hop, a close that is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import SessionError, Stopped
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from runner.transport.jump import Jumps
from runner.transport.keys import KeyFiles
from tests.transport.doors import Door, door, drop
from tests.transport.scripted import free_sockets

QUICK = Limits(connect=5.0, command=5.0, close=1.0)


class Site:
    """A jump host, a device behind it, and the sessions that a test opens."""

    def __init__(self, stack: ExitStack) -> None:
        self.outside, self.inside = Door(forwards=True), Door()
        self.jump = stack.enter_context(door(self.outside, "jump1"))
        self.device = replace(stack.enter_context(door(self.inside, "r1")), jump=self.jump)
        self.cancelled = threading.Event()
        self.keys = HostKeys("ignore")
        self.jumps = Jumps(QUICK, self.keys, KeyFiles(), self.cancelled)
        stack.callback(self.jumps.close)

    def session(self, target: Target | None = None, keys: HostKeys | None = None, jumps: Jumps | None = None) -> GuardedNetmiko:
        used = keys or self.keys
        return GuardedNetmiko(target or self.device, QUICK, used, self.cancelled, jumps=jumps or (None if keys else self.jumps))

    def fails(self, target: Target | None = None, keys: HostKeys | None = None) -> SessionError:
        session = self.session(target, keys)
        with pytest.raises(SessionError) as caught:
            session.connect()
        session.close()
        return caught.value


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


def test_many_sessions_share_one_connection_to_the_jump_host(site: Site) -> None:
    def talk(number: int) -> str:
        session = site.session()
        session.connect()
        session.send("show version")
        session.close()
        assert session.close_confirmed
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(talk, range(24))) == ["ok"] * 24
    assert (site.outside.opened, site.inside.opened) == (1, 24)
    assert site.inside.wait_closed()
    assert site.outside.open == 1
    assert site.jumps.close()
    assert site.outside.wait_closed()


def test_a_session_alone_brings_and_closes_its_own_jump_connection(site: Site) -> None:
    session = site.session(keys=HostKeys("ignore"))
    session.connect()
    session.close()
    assert session.close_confirmed
    assert site.outside.wait_closed()


def test_closed_means_that_the_device_has_closed(site: Site) -> None:
    session = site.session()
    session.connect()
    session.close()
    assert session.close_confirmed
    assert site.inside.open == 0, "the forwarded channel ended before the device had closed"


def test_a_chain_of_jump_hosts(site: Site) -> None:
    outer = Door(forwards=True)
    with door(outer, "jump0") as first:
        session = site.session(replace(site.device, jump=replace(site.jump, jump=first)))
        session.connect()
        assert session.send("show clock").output == ""
        session.close()
        assert outer.forwarded == [("127.0.0.1", site.jump.port)]
        assert site.outside.forwarded == [("127.0.0.1", site.device.port)]
        site.jumps.close()
        assert outer.wait_closed()


def test_the_name_is_looked_up_at_the_jump_host(site: Site) -> None:
    site.outside.forwards = "Name or service not known"
    error = site.fails(replace(site.device, hostname="only-known-inside.invalid"))
    assert (error.phase, error.cause) == ("dns", "not_found")
    assert "only-known-inside.invalid" in error.message
    assert "through jump1" in error.message


@pytest.mark.parametrize(
    ("words", "phase", "cause"),
    [
        ("Connection refused", "tcp", "refused"),
        ("No route to host", "tcp", "no_route"),
        ("Connection timed out", "tcp", "timeout"),
        ("something else", "tcp", "not_forwarded"),
        ("prohibited by the administrator", "tcp", "forwarding_refused"),
    ],
)
def test_f25_what_the_jump_host_says_of_the_far_side(site: Site, words: str, phase: str, cause: str) -> None:
    site.outside.forwards = words
    error = site.fails()
    assert (error.phase, error.cause, error.unreachable) == (phase, cause, True)
    assert f":{site.device.port} through jump1: " in error.message
    assert site.inside.opened == 0


def test_f25_concurrent_refusals_keep_their_own_words(site: Site) -> None:
    site.outside.forwards = "Connection refused"
    with ThreadPoolExecutor(8) as pool:
        causes = list(pool.map(lambda _: site.fails().cause, range(24)))
    assert causes == ["refused"] * 24
    assert site.outside.opened == 1


def test_a_rejected_login_at_the_jump_host_is_tried_once_and_told_to_all(site: Site) -> None:
    site.jump = replace(site.jump, password=Secret("wrong"))
    site.device = replace(site.device, jump=site.jump)
    with ThreadPoolExecutor(4) as pool:
        errors = list(pool.map(lambda _: site.fails(), range(8)))
    assert {(error.phase, error.cause) for error in errors} == {("auth", "jump_rejected")}
    assert all("login to jump host jump1 (127.0.0.1:" in error.message for error in errors)
    assert site.outside.tried == ["password wrong"]
    assert site.inside.opened == 0


def test_a_jump_host_that_is_down(site: Site) -> None:
    sock = next(free_sockets())
    port = sock.getsockname()[1]
    sock.close()
    error = site.fails(replace(site.device, jump=replace(site.jump, port=port)))
    assert (error.phase, error.cause) == ("tcp", "refused")
    assert f"TCP connection to jump host jump1 (127.0.0.1:{port}): refused" in error.message


def test_a_lost_jump_connection_is_opened_again_once_for_all(site: Site) -> None:
    first = site.session()
    first.connect()
    drop(site.outside)
    with pytest.raises(SessionError) as caught:
        first.send("show version")
    assert (caught.value.phase, caught.value.cause) == ("command", "hop_lost")
    assert "jump host jump1 was lost" in caught.value.message
    first.close()

    def talk(number: int) -> None:
        session = site.session()
        session.connect()
        session.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(talk, range(12)))
    assert site.outside.opened == 2


def test_f21_the_keys_of_both_hops_are_verified(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    error = site.fails(keys=HostKeys("strict", (file,), file))
    assert (error.phase, error.cause) == ("host_key", "unknown_key")
    assert "jump host jump1" in error.message
    assert site.outside.tried == []
    learned = site.session(replace(site.jump), keys=HostKeys("accept-new", (file,), file))
    learned.connect()
    learned.close()
    error = site.fails(keys=HostKeys("strict", (file,), file))
    assert (error.phase, error.cause) == ("host_key", "unknown_key")
    assert f"127.0.0.1:{site.device.port} through jump1" in error.message
    assert f"ssh -p {site.jump.port} admin@127.0.0.1 ssh-keyscan -p {site.device.port}" in error.hint
    assert site.inside.tried == []


def test_f22_a_changed_key_behind_a_jump_host_is_refused(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    for target in (site.jump, site.device):
        session = site.session(target, keys=HostKeys("accept-new", (file,), file))
        session.connect()
        session.close()
    lines = file.read_text().splitlines()
    swapped = [" ".join([one.split()[0], *other.split()[1:]]) for one, other in zip(lines, reversed(lines), strict=True)]
    file.write_text(lines[0] + "\n" + swapped[1] + "\n")
    site.inside.tried.clear()
    error = site.fails(keys=HostKeys("accept-new", (file,), file))
    assert (error.phase, error.cause) == ("host_key", "key_changed")
    assert site.inside.tried == []


def test_f30_a_stop_while_the_jump_host_keeps_silent(site: Site) -> None:
    silent = next(free_sockets())
    target = replace(site.device, jump=replace(site.jump, port=silent.getsockname()[1]))
    session = site.session(target)
    timer = threading.Timer(0.3, site.cancelled.set)
    timer.start()
    with pytest.raises(Stopped):
        session.connect()
    timer.join()
    silent.close()


def test_the_deadline_of_a_hop_is_its_own(site: Site) -> None:
    silent = next(free_sockets())
    site.jumps = Jumps(Limits(connect=0.3, close=0.2), site.keys, KeyFiles(), site.cancelled)
    target = replace(site.device, jump=replace(site.jump, port=silent.getsockname()[1]))
    error = site.fails(target)
    assert (error.phase, error.cause) == ("banner", "no_banner")
    assert "jump host jump1" in error.message
    site.jumps.close()
    silent.close()
