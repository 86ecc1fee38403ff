"""A job of the past for people: its head, its batches, the hosts that need attention, and what can be done next."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from runner.batches import in_words
from runner.documents.excerpt import mask
from runner.events import HostFinished, WriteIntended
from runner.journal.parts import BatchRecord, HostRecord, Turn
from runner.journal.record import JobRecord
from runner.reporters import sentences
from runner.reporters.escape import one_line
from runner.reporters.job_table import what, when, who
from runner.reporters.line import Line, count, seconds, states
from runner.reporters.names import compressed
from runner.reporters.recap import saved
from runner.states import BAD, HostStatus, JobStatus

if TYPE_CHECKING:
    from runner.store.reading import StoredJob

_MOST_LINES = 10
_LONGEST_WHAT = 200
_BEGUN = (JobStatus.RUNNING, JobStatus.PENDING)


def head(job: StoredJob, record: JobRecord, retries: Sequence[str]) -> Iterator[Line]:
    """What was done, by whom and from where, when, and how it ended."""
    code = f", exit code {record.exit_code}" if record.exit_code is not None else ""
    reason = f": {one_line(record.reason)}" if record.reason else ""
    yield (("job ", ""), (one_line(job.id), "strong"), (" ", ""), (record.status.value, record.status.value), (f"{code}{reason}", ""))
    size = record.batch_size
    of = f" of {size}" if isinstance(size, int) and 0 < size <= job.total_devices else f" ({in_words(size)})"
    sessions = f", at most {count(record.ceiling, 'session')} at once" if record.ceiling else ""
    many = f"{count(job.total_devices, 'host')} in {count(job.total_batches, 'batch')}{of}{sessions}"
    yield _entry("what", f"{what(job.start, _LONGEST_WHAT)}: {many}")
    if job.start.command:
        yield _entry("command", one_line(shlex.join(["nornir-playbook", *job.start.command])))
    yield _entry("by", who(job.origin) + (f", version {one_line(job.origin.version)}" if job.origin.version else ""))
    yield _entry("from", one_line(job.start.folder) + _commit(job))
    yield _entry("when", _when(job, record))
    if job.parent:
        yield _entry("retry of", one_line(job.parent))
    if retries:
        yield _entry("retried by", ", ".join(map(one_line, retries)))


def batches(record: JobRecord) -> Iterator[Line]:
    """`Batch 2 of 3 (10 devices): 9 ok, 1 failed, 4.1 s` for each."""
    several = len({batch.play for batch in record.batches.values()}) > 1
    for number, batch in sorted(record.batches.items()):
        play = f", play {one_line(batch.play)}" if several else ""
        yield (
            (f"Batch {number} of {record.total_batches}{play} ({count(len(batch.device_ids), 'device')}): ", ""),
            *_came_to(batch, record),
        )


def attention(record: JobRecord, job: StoredJob, doubts: Sequence[tuple[WriteIntended, str]], *, only_bad: bool = False) -> Iterator[Line]:
    """The hosts that did not end well, each with phase, task, reason and hint; then what was sent to those in doubt.

    `only_bad` leaves out hosts that were stopped or not started.
    """
    if only_bad and not record.hosts:
        yield (("no host failed, was unreachable or is in doubt", ""),)
    for host in record.hosts.values():
        for turn in host.turns.values():
            if turn.status in BAD:
                yield from _bad(host, turn)
    for error in record.handler_errors:
        where = f'{one_line(error.handler)} in "{one_line(error.task)}" on {one_line(error.host)}'
        yield (("result handler failed", "failed"), (f": {where}: {one_line(error.message)}", ""))
    if not only_bad:
        yield from _together(record)
        for warning in record.warnings:
            yield (("warning", "changed"), (f": {one_line(warning)}", ""))
        yield from saved(record)
    yield from in_doubt(job, doubts)


def in_doubt(job: StoredJob, doubts: Sequence[tuple[WriteIntended, str]]) -> Iterator[Line]:
    """For each write in doubt what was about to be sent, to be compared with the device, and how far that is known to have come."""
    for intent, came_to in doubts:
        yield from _doubt(intent, came_to)
        yield from was_sent(intent, job)


def was_sent(intent: WriteIntended, job: StoredJob) -> Iterator[Line]:
    """The first lines that a write in doubt was to send."""
    sent = _sent(intent, job)
    yield from (((f"    | {one_line(mask(line))}", ""),) for line in sent[:_MOST_LINES])
    if len(sent) > _MOST_LINES:
        yield ((f"    … and {count(len(sent) - _MOST_LINES, 'more line')}", "dim"),)
    if not sent:
        yield (("    (what it sends is known only when it runs)", "dim"),)


def next_steps(job: StoredJob, record: JobRecord, doubts: Sequence[tuple[WriteIntended, str]]) -> Iterator[Line]:
    """The commands that go on from here."""
    statuses = Counter(host.status for host in record.hosts.values())
    if record.status in _BEGUN:
        yield _next(f"watch {job.id}", "follows it")
        yield _next(f"stop {job.id}", "ends it after the batch under way")
        return
    left = statuses[HostStatus.PENDING] + statuses[HostStatus.STOPPED]
    bad = statuses[HostStatus.FAILED] + statuses[HostStatus.UNREACHABLE]
    if doubts:
        verb = f"asks about {count(len(doubts), 'write')} in doubt"
        yield _next(f"resume {job.id}", f"{verb} and runs {count(left, 'host')} that are left" if left else verb)
        yield _next(f"resume {job.id} --on-in-doubt verify", "lets the devices answer, where the task says how")
    elif left and record.status is not JobStatus.FAILED:
        yield _next(f"resume {job.id}", f"runs the {count(left, 'host')} that {'is' if left == 1 else 'are'} left")
    if bad or (left and record.status is JobStatus.FAILED):
        words = [f"{number} {name}" for number, name in ((bad, "failed or unreachable"), (left, "not started")) if number]
        yield _next(f"retry {job.id}", f"runs hosts again as a new job: {', '.join(words)}")


def _entry(name: str, text: str) -> Line:
    return ((f"  {name:<11}", "dim"), (text, ""))


def _next(command: str, so: str) -> Line:
    return (("next: ", "dim"), (f"nornir-playbook {command}", "strong"), (f"  {so}", "dim"))


def _commit(job: StoredJob) -> str:
    if not job.origin.commit:
        return ""
    return f", commit {one_line(job.origin.commit[:12])}" + (" with changes that are not committed" if job.origin.dirty else "")


def _when(job: StoredJob, record: JobRecord) -> str:
    begun, ended = when(job.started or job.created), when(job.ended)
    took = f" ({seconds(record.duration_seconds)})" if record.duration_seconds is not None else ""
    return f"{begun} to {ended}{took}" if ended else f"{begun}, not ended yet"


def _came_to(batch: BatchRecord, record: JobRecord) -> Line:
    turns = [record.hosts[name].turns.get(batch.batch_number) for name in batch.device_ids if name in record.hosts]
    counts = Counter(turn.status.value for turn in turns if turn)
    took = f", {seconds(batch.duration_seconds)}" if batch.duration_seconds is not None else ""
    if set(counts) == {HostStatus.PENDING.value} and not took:
        return (("not started", HostStatus.PENDING.value),)
    return (*states(counts), (took, ""))


def _bad(host: HostRecord, turn: Turn) -> Iterator[Line]:
    told = HostFinished(
        host=host.name,
        play=turn.play,
        batch_number=turn.batch_number,
        status=turn.status,
        reason=turn.reason,
        hint=turn.hint,
        phase=turn.phase,
        task=turn.task,
    )
    first, *rest = sentences.failure(told, "", details=True)
    lines = next((each for each in host.tasks[::-1] if each.batch_number == turn.batch_number and each.total is not None), None)
    if lines is not None and lines.name == turn.task:
        first = (*first, (f" ({lines.applied} of {count(lines.total or 0, 'line')})", ""))
    yield first
    yield from rest


def _together(record: JobRecord) -> Iterator[Line]:
    """Hosts that were stopped or not started, those with the same reason on one line."""
    found: dict[tuple[HostStatus, str], list[str]] = {}
    for host in record.hosts.values():
        if host.status in (HostStatus.STOPPED, HostStatus.PENDING):
            found.setdefault((host.status, host.deciding.reason if host.deciding else ""), []).append(host.name)
    for (status, reason), names in found.items():
        said = "not started" if status is HostStatus.PENDING else status.value
        yield ((f"{said} ({len(names)})", status.value), (f": {compressed(names)}", ""), (f": {one_line(reason)}" if reason else "", ""))


def _doubt(intent: WriteIntended, came_to: str) -> Iterator[Line]:
    sent = f"{count(intent.lines, 'line')} {'was' if intent.lines == 1 else 'were'} being sent"
    lines = f": {came_to or sent}" if intent.lines else ""
    where = f'"{one_line(intent.task)}" ({one_line(intent.action)})'
    yield ((one_line(intent.host), "strong"), ("  ", ""), ("in doubt", "in_doubt"), (f" {where}{lines}; look at the device for:", ""))


def _sent(intent: WriteIntended, job: StoredJob) -> list[str]:
    """The lines as they were planned; none where they depended on what the device said."""
    for play in job.frozen.plan["plays"]:
        if any(batch["batch_number"] == intent.batch_number for batch in play["batches"]):
            tasks = play["tasks"]
            rounds = tasks[intent.index]["steps"].get(intent.host, {}).get("rounds", []) if intent.index < len(tasks) else []
            return list(rounds[intent.place].get("lines", ())) if intent.place < len(rounds) else []
    return []
