"""Follows a job through its store, from its first event to its last, whether it runs in another process or has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from runner.events import Event, RunFinished
from runner.job_events import RunInterrupted
from runner.journal.record import JobRecord
from runner.states import JobStatus, exit_code

if TYPE_CHECKING:
    from runner.store.store import Store

_EVERY = 0.3
"""Seconds between two looks at a job that runs."""

_SETTLE_EVERY = 2.0
"""Seconds between two looks whether its process still lives."""


def followed(store: Store, job: str, wait: Callable[[float], None] = time.sleep) -> Iterator[tuple[Event, bool]]:
    """The events of a job as they come, each with whether it is the job's last; ends with that one.

    An end that a resumed job left behind is not the last. `wait` is called with the seconds to pass between two looks.
    """
    told, settled, end = 0, time.monotonic(), None
    while True:
        ended = not _runs(store, job)  # asked before the events are read: what comes in between is among them
        for number, event in store.events(job, told):
            told = number
            if end is not None:
                yield end, False
                end = None
            if store.is_end(event):
                end = event
            else:
                yield event, False
        if ended:
            if end is not None:
                yield end, True
            return
        if time.monotonic() - settled >= _SETTLE_EVERY:
            store.settle()
            settled = time.monotonic()
        wait(_EVERY)


def code_of(last: Event | None, record: JobRecord) -> int:
    """The exit code of a job that has ended; one whose process is gone is judged as if it had been stopped."""
    if isinstance(last, RunFinished):
        return last.exit_code
    stopped = JobStatus.STOPPED if isinstance(last, RunInterrupted) else record.status
    return exit_code([host.status for host in record.hosts.values()], job=stopped, handler_errors=len(record.handler_errors))


def _runs(store: Store, job: str) -> bool:
    from runner.store.reading import status_of

    return status_of(store, job) in (JobStatus.RUNNING, JobStatus.PENDING)
