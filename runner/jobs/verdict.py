"""Says how a job ended and why: by a person, by a limit, by an error of ours, or as it should."""

from __future__ import annotations

from runner.execution.control import Control
from runner.job import Wanted
from runner.journal.record import JobRecord
from runner.states import BAD, GOOD, BatchStatus, JobStatus


def verdict(record: JobRecord, control: Control, broken: BaseException | None, held_back: str) -> tuple[JobStatus, str]:
    """The job's state and its reason, empty where everything planned was done. Nothing can be wished for afterwards.

    Arguments:
        broken: what ended the plays, if not their end.
        held_back: why hosts must not log in; empty while none was kept from it.
    """
    wish, by = control.conclude()
    left = any(host.status not in BAD | GOOD for host in record.hosts.values())
    if left and (isinstance(broken, KeyboardInterrupt) or control.cancelled.is_set()):
        return JobStatus.STOPPED, control.reason
    if broken is not None and not isinstance(broken, KeyboardInterrupt):
        return JobStatus.FAILED, f"internal error: {type(broken).__name__}: {broken}"
    if control.limit:
        return JobStatus.FAILED, control.limit
    if left and wish is not Wanted.RUN:
        status = JobStatus.PAUSED if wish.pauses else JobStatus.STOPPED
        return status, f"{status.value} by {by} {_where(record)}"
    if held_back:
        return JobStatus.FAILED, held_back
    return JobStatus.COMPLETED, ""


def _where(record: JobRecord) -> str:
    last = record.batches.get(record.current_batch)
    if last is None:
        return "before the first batch"
    return f"{'within' if last.status is BatchStatus.STOPPED else 'after'} batch {last.batch_number}"
