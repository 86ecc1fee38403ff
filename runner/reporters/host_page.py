"""What one host did in a job, task by task, with its outputs: read one at a time, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from runner.documents.excerpt import mask
from runner.journal.parts import HostRecord, TaskRecord
from runner.journal.record import JobRecord
from runner.reporters.escape import escape, one_line
from runner.reporters.line import Line, count, said, seconds


def host_lines(host: HostRecord, record: JobRecord) -> Iterator[Line]:
    """The host's state in each of its batches, then its tasks with outputs."""
    for number, turn in sorted(host.turns.items()):
        took = f" in {seconds(turn.duration_seconds)}" if turn.duration_seconds else ""
        reason = f": {one_line(turn.reason)}" if turn.reason else ""
        yield (("== ", "dim"), (one_line(host.name), "strong"), (f", batch {number}: ", ""), _state(turn.status.value), (took + reason, ""))
        for task in host.tasks:
            if task.batch_number == number:
                yield from _task(task, record)


def _task(task: TaskRecord, record: JobRecord) -> Iterator[Line]:
    lines = f", {task.applied} of {count(task.total, 'line')}" if task.total is not None else ""
    ignored = " (ignored)" if task.ignored else ""
    unguarded = " (unguarded)" if task.unguarded else ""
    reason = f": {one_line(task.reason)}" if task.reason else ""
    head = f"-- {one_line(task.name)} ({one_line(task.action)}): "
    yield ((head, ""), _state(task.status.value), (f" in {seconds(task.duration_seconds)}{lines}{ignored}{unguarded}{reason}", ""))
    if task.hint:
        yield ((f"    hint: {one_line(task.hint)}", "dim"),)
    for stored in task.results:
        result = record.spool.read(stored)
        if stored.command:
            yield ((f"  > {one_line(mask(stored.command))}", "strong"),)
        yield from (((f"    {line}" if line else "", ""),) for line in escape(result["output"]).strip("\n").split("\n"))
        if result.get("truncated"):
            yield (("    (the output was longer and has been cut)", "dim"),)
    if task.diff:
        yield (("  changes:", ""),)
        yield from (((f"    {escape(mask(line))}", ""),) for line in task.diff.strip("\n").splitlines())


def _state(status: str) -> tuple[str, str]:
    return (said(status), status)
