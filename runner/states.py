"""The states of tasks, hosts, batches and jobs, and the exit code that follows from them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class TaskStatus(StrEnum):
    """How one task ended on one host."""

    OK = "ok"
    CHANGED = "changed"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    IN_DOUBT = "in_doubt"


class HostStatus(StrEnum):
    """Where a host stands. `in_doubt`: a write was begun and its end was not seen; never shown as ok or failed."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    CHANGED = "changed"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    IN_DOUBT = "in_doubt"


class BatchStatus(StrEnum):
    """Where a batch stands. `failed` means that some host failed and none ended ok, changed or skipped."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


class JobStatus(StrEnum):
    """Where a job stands. `completed` ran to its end, whatever its hosts did; `failed` was ended by a limit or an internal error."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


WORST_FIRST = (
    HostStatus.IN_DOUBT,
    HostStatus.UNREACHABLE,
    HostStatus.FAILED,
    HostStatus.STOPPED,
    HostStatus.RUNNING,
    HostStatus.PENDING,
    HostStatus.CHANGED,
    HostStatus.OK,
    HostStatus.SKIPPED,
)
"""The order in which one state of a host outweighs another over several plays."""

BAD = frozenset({HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.IN_DOUBT})
GOOD = frozenset({HostStatus.OK, HostStatus.CHANGED, HostStatus.SKIPPED})


def worst(statuses: Collection[HostStatus]) -> HostStatus:
    """The state that outweighs the others; `pending` for none."""
    return min(statuses, key=WORST_FIRST.index, default=HostStatus.PENDING)


def batch_status(hosts: Collection[HostStatus]) -> BatchStatus:
    """The state of a batch that has ended, from those of all its hosts."""
    if any(status in (HostStatus.STOPPED, HostStatus.PENDING, HostStatus.RUNNING) for status in hosts):
        return BatchStatus.STOPPED
    if any(status in BAD for status in hosts) and not any(status in GOOD for status in hosts):
        return BatchStatus.FAILED
    return BatchStatus.COMPLETED


def exit_code(hosts: Collection[HostStatus], *, job: JobStatus, handler_errors: int = 0, busy: Collection[str] = ()) -> int:
    """The exit code of a run: 5 in doubt, 4 unreachable, 2 failed (a host or a result handler), 6 busy, 7 stopped, 0 ok.

    A job that a limit ended is judged by the hosts that made it trip, and is 2 where all of them were passed over, as with
    `ignore_unreachable`. One that failed for an internal error is 1 and decided by the caller, not here.

    Arguments:
        busy: for each host that was not started, as another job worked on its device, what was decided: `skip`, or `fail`, which
            ended the job.
    """
    if HostStatus.IN_DOUBT in hosts:
        return 5
    if HostStatus.UNREACHABLE in hosts:
        return 4
    if HostStatus.FAILED in hosts or handler_errors or (job is JobStatus.FAILED and "fail" not in busy):
        return 2
    if busy:
        return 6
    return 7 if job in (JobStatus.STOPPED, JobStatus.PAUSED) else 0
