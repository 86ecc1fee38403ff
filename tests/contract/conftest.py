"""A device of each platform that the lab plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.lab import Device, Fleet
from runner.lab.personalities import PERSONALITIES
from tests.contract.played import ROWS, Bench


@pytest.fixture(params=[name for name in ROWS if name in PERSONALITIES])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    secret = "s3cret" if ROWS[request.param].enables else None
    with Fleet([Device("r1", platform=request.param, secret=secret)]) as fleet:
        bench = Bench(fleet, tmp_path, request.param)
        try:
            yield bench
        finally:
            for session in bench.sessions:
                session.close()
        assert fleet.wait_idle(), "a session is left at the device"
        assert not fleet.problems()
