"""What every test is held to: no session left at the lab, no transport thread, no filter on netmiko's logger, no secret on disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.lab import Device, Fleet
from tests.project import CANARY, Project

MakeFleet = Callable[..., Fleet]


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    yield
    threads = [thread for thread in threading.enumerate() if type(thread).__module__.startswith("paramiko")]
    for thread in threads:
        thread.join(timeout=5)
    assert not [thread for thread in threads if thread.is_alive()], "a transport thread is left"
    assert not logging.getLogger("netmiko").filters, "a filter is left on netmiko's logger"


@pytest.fixture
def make_fleet() -> Iterator[MakeFleet]:
    """Starts fleets: `make_fleet(25)`, or with devices of one's own. Afterwards each must be idle and without errors of its own."""
    with ExitStack() as stack:
        fleets: list[Fleet] = []

        def make(devices: int | tuple[Device, ...] | list[Device], **same: object) -> Fleet:
            chosen = Device.fleet(devices, **same) if isinstance(devices, int) else devices
            fleet = stack.enter_context(Fleet(chosen))
            fleets.append(fleet)
            return fleet

        yield make
        for fleet in fleets:
            assert fleet.wait_idle(5), f"{fleet.counters().live} sessions are left at the lab"
            assert not fleet.problems()


@pytest.fixture
def project(tmp_path: Path, make_fleet: MakeFleet) -> Iterator[Project]:
    """A folder to run the command in; afterwards no file in it holds the canary password, inventory and saved outputs aside."""
    made = Project(tmp_path, make_fleet)
    yield made
    for path in tmp_path.rglob("*"):
        if path.is_file() and "inventory" not in path.parts and "reports" not in path.parts:
            assert CANARY.encode() not in path.read_bytes(), f"the password stands in {path}"
    for run in made.runs:
        assert CANARY not in run.stdout + run.stderr, "the password was printed"
