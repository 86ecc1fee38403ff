"""A small healthy fleet, and the promise that no test leaves anything of it behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from runner.lab import Device, Faults, Fleet

Faulty = Callable[[Faults], Fleet]


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """r1, r2, r3; afterwards no session, no thread and no error of the lab's own is left."""
    with Fleet(Device.fleet(3)) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()
    assert "lab-fleet" not in {thread.name for thread in threading.enumerate()}


@pytest.fixture
def faulty(fleet: Fleet) -> Iterator[Faulty]:
    """The small fleet, with these faults at r1; they are taken back in the end."""

    def make(faults: Faults) -> Fleet:
        fleet.set_faults("r1", faults)
        return fleet

    yield make
    fleet.set_faults("r1", Faults())
