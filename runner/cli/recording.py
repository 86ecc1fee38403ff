"""Running on record: the store is open while the job runs, and what stands in the way of recording is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from runner.cli.streams import complain

if TYPE_CHECKING:
    from runner.cli.session import Choices
    from runner.job import Start
    from runner.jobs.prepare import Planned

BUSY = 6
"""The exit code where the job is there already and runs."""


def typed() -> tuple[str, ...]:
    """What was typed behind the program's name."""
    return tuple(sys.argv[1:])


def run_recorded(planned: Planned, choices: Choices, start: Start, *, key: str | None = None) -> int:
    """Run a plan, on record unless the settings say otherwise; the exit code. Of two runs with the same `key` only the first runs.

    Raises:
        InputError: before anything is touched.
        StoreError: the job cannot be recorded; nothing was touched.
    """
    from runner.cli.session import run_and_report

    if not planned.settings.options.record:
        return run_and_report(planned, choices)
    from runner.jobs.recording import Recorder, open_store
    from runner.store.store import AlreadyAccepted

    with open_store(planned.settings) as store:
        try:
            return run_and_report(planned, choices, Recorder(store=store, start=start, key=key))
        except AlreadyAccepted as error:
            from runner.store.reading import find

            job = find(store, error.job)
            complain(f"job {job.id} was started with this key before, and is {job.status.value}: nothing was started")
            return BUSY if job.exit_code is None else job.exit_code
