"""A lab device, sessions with it, and the look after every test at what they left behind."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import netmiko
import paramiko
import pytest

from runner.lab import Device, Faults, Fleet
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys

QUICK = Limits(connect=5.0, command=5.0, close=1.0)


class Bench:
    """A running fleet and a way to make sessions with its devices."""

    def __init__(self, fleet: Fleet, folder: Path) -> None:
        self.fleet = fleet
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text(fleet.known_hosts())
        self.keys = HostKeys("strict", (self.known_hosts,))
        self.cancelled = threading.Event()
        self.sessions: list[GuardedNetmiko] = []

    def target(self, name: str = "r1") -> Target:
        host, port = self.fleet.address(name)
        return Target(name=name, hostname=host, port=port, username="admin", password=Secret("admin"), platform="cisco_ios")

    def session(self, target: Target | None = None, *, keys: HostKeys | None = None, limits: Limits = QUICK) -> GuardedNetmiko:
        self.sessions.append(GuardedNetmiko(target or self.target(), limits, keys or self.keys, self.cancelled))
        return self.sessions[-1]

    def connected(self, *, limits: Limits = QUICK) -> GuardedNetmiko:
        session = self.session(limits=limits)
        session.connect()
        return session

    def faults(self, **faults: object) -> None:
        self.fleet.set_faults("r1", dataclasses.replace(Faults(), **faults))  # type: ignore[arg-type]  # names are checked at run time


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Fleet([Device("r1")]) as fleet:
        bench = Bench(fleet, tmp_path)
        try:
            yield bench
        finally:
            for session in bench.sessions:
                session.close()
        assert fleet.wait_idle(), "a session is left at the device"
        assert not fleet.problems()


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert not leftover_threads()
    assert not netmiko.log.filters, "a filter with a password is left on netmiko's logger"


def leftover_threads() -> list[threading.Thread]:
    """Threads of ours or paramiko's; a resolver that was left behind is given a moment."""
    until = time.monotonic() + 2.0
    while True:
        found = [one for one in threading.enumerate() if isinstance(one, paramiko.Transport) or one.name in ("ssh-shell", "resolver")]
        if not found or time.monotonic() > until:
            return found
        found[0].join(0.05)
