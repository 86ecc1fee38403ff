"""Puts events into words: the lines that are shown while a run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from runner.batches import in_words
from runner.documents.excerpt import mask
from runner.events import (
    BatchFinished,
    BatchStarted,
    ConnectRetried,
    HandlerFailed,
    HostConnected,
    HostFinished,
    HostHeldBack,
    LimitTripped,
    PlayStarted,
    RunStarted,
    TaskFinished,
    TextPrinted,
    Warned,
)
from runner.job import Wanted
from runner.job_events import ControlRequested, DeviceBusy, DoubtResolved, RunResumed
from runner.reporters.escape import escape, one_line
from runner.reporters.line import Line, Piece, count, said, seconds, states
from runner.reporters.names import compressed, shortened
from runner.reporters.progress import OpenBatch

_LONGEST_LIST = 60
_LONGEST_REASON = 400
_TAIL = 5
_LONGEST_TAIL_LINE = 160


def run_started(event: RunStarted) -> Line:
    """What is about to happen, and the number of sessions that is never exceeded."""
    size = event.batch_size
    of_size = f" of {size}" if isinstance(size, int) and 0 < size <= event.total_devices else f" ({in_words(size)})"
    batches = f"{count(event.total_devices, 'host')} in {count(event.total_batches, 'batch')}{of_size}"
    pieces: list[Piece] = [(one_line(event.playbook), "strong"), (": ", "")] if event.playbook else []
    return (*pieces, (f"{batches}, at most {count(event.ceiling, 'session')} at once", ""))


def run_resumed(event: RunResumed) -> Line:
    """Who goes on with the job, and what is left of it."""
    changed = f"; accepted as changed: {', '.join(map(one_line, event.changed))}" if event.changed else ""
    left = f"{count(len(event.hosts), 'host')} left" if event.hosts else "only hosts in doubt are left"
    return (("resumed", "strong"), (f" by {one_line(event.by)}: {left}{changed}", ""))


def play_started(event: PlayStarted) -> Line:
    """The play's name and size."""
    last = event.first_batch + event.batches - 1
    numbers = f"batch {event.first_batch}" if event.batches == 1 else f"batches {event.first_batch} to {last}"
    where = f" in {numbers}" if event.batches else ""
    word: Line = () if event.play.casefold().startswith("play ") else (("play ", ""),)  # one without a name is called play 1
    return (*word, (one_line(event.play), "strong"), (f": {count(len(event.hosts), 'host')}{where}", ""))


def batch_started(event: BatchStarted) -> Line:
    """`batch 1 of 3 (10 devices): started with r1-r10`."""
    names = shortened(compressed(event.device_ids), _LONGEST_LIST)
    return ((f"{_batch(event, len(event.device_ids))}: started with {names}", ""),)


def batch_finished(event: BatchFinished) -> Line:
    """`batch 1 of 3 (10 devices): 9 ok, 1 unreachable in 3.2 s`."""
    head = _batch(event, sum(event.counts.values()))
    return ((f"{head}: ", ""), *states(event.counts), (f" in {seconds(event.duration_seconds)}", ""))


def batch_goes_on(batch: OpenBatch) -> Line:
    """Where there is no live line: a sign of life from a batch that takes long."""
    counts = states({**batch.counts, "running": len(batch.running)})
    return ((f"batch {batch.number} of {batch.total} ({count(batch.hosts, 'device')}): so far ", ""), *counts)


def failure(event: HostFinished, output: str, *, details: bool) -> Iterator[Line]:
    """At most two lines: who, what and why, then the hint. With `details` also the last lines of `output`."""
    state = event.status.value
    pieces: list[Piece] = [(one_line(event.host), "strong"), ("  ", ""), (said(state), state)]
    if event.phase:
        pieces.append((f" ({event.phase})", ""))
    if event.task:
        pieces.append((f' in "{one_line(event.task)}"', ""))
    reason = one_line(event.reason)
    pieces.append((f": {reason if details else shortened(reason, _LONGEST_REASON)}" if reason else "", ""))
    yield tuple(pieces)
    yield from _hint(event.hint, reason)
    if details:
        yield from _tail(output)


def handler_failed(event: HandlerFailed) -> Iterator[Line]:
    """At most two lines: the host itself is as it was, so its state is not said."""
    where = f' in "{one_line(event.task)}"' + (f" ({one_line(event.command)})" if event.command else "")
    message = shortened(one_line(event.message), _LONGEST_REASON)
    yield (
        (one_line(event.host), "strong"),
        ("  ", ""),
        (f"result handler {one_line(event.handler)} failed", "failed"),
        (f"{where}: {message}", ""),
    )
    yield from _hint(event.hint, message)


def warned(event: Warned) -> Iterator[Line]:
    """The warning, then its hint."""
    yield (("warning", "changed"), (f": {one_line(event.message)}", ""))
    yield from _hint(event.hint, event.message)


def retried(event: ConnectRetried) -> Line:
    """`r1  no connection (tcp): refused, ...; tried again in 1.2 s`."""
    why = f" ({event.phase}): {shortened(one_line(event.reason), _LONGEST_REASON)}"
    again = f"; attempt {event.attempt + 1} in {seconds(event.delay_seconds)}"
    return ((one_line(event.host), "strong"), ("  ", ""), ("no connection", "changed"), (f"{why}{again}", ""))


def held_back(event: HostHeldBack) -> Line:
    """`r1  not started: 3 logins in a row ...`."""
    return ((one_line(event.host), "strong"), ("  ", ""), ("not started", "pending"), (f": {one_line(event.reason)}", ""))


def busy(event: DeviceBusy) -> Line:
    """`r3  waits: job 20261124-121500-a1b2 works on it`, or that it is not started, and with `fail` what follows."""
    does = ("waits", "changed") if event.decision == "wait" else ("not started", "pending")
    follows = "; nothing more is started" if event.decision == "fail" else ""
    return ((one_line(event.host), "strong"), ("  ", ""), does, (f": {one_line(event.reason)}{follows}", ""))


def doubt_resolved(event: DoubtResolved) -> Line:
    """`r3  task 'ntp' is done again: after 'show running-config' it is false that 'x' in output`."""
    follows = "took effect and is not done again" if event.verdict == "done" else "is done again"
    said = f": {one_line(event.detail)}" if event.detail else ""
    return ((one_line(event.host), "strong"), (f"  task '{one_line(event.task)}' {follows}{said}", ""))


def limit_tripped(event: LimitTripped) -> Line:
    """The arithmetic, and what follows from it."""
    follows = {"stop": "nothing more is started", "pause": "the run waits for an answer"}.get(event.decision, "")
    if event.limit == "max_auth_failures":
        follows = "hosts with these credentials are not started"
    return (("limit", "failed"), (f": {one_line(event.reason)}; {follows}", ""))


def control_requested(event: ControlRequested) -> Line:
    """`pause: asked for by ann@host; no further batch is started`."""
    word = "stop" if not event.wanted.pauses else "pause"
    follows = {
        Wanted.STOP_NOW: "what reads is cut, what writes is given its grace time",
        Wanted.STOP_AFTER_BATCH: "no further batch is started",
        Wanted.PAUSE_AFTER_BATCH: "no further batch is started",
        Wanted.STOP_AFTER_HOST: "no further host is started",
        Wanted.PAUSE_AFTER_HOST: "no further host is started",
    }
    if event.wanted is Wanted.RUN:
        return (("going on", "strong"), (f": asked for by {one_line(event.by)}", ""))
    return ((word, "changed"), (f": asked for by {one_line(event.by)}; {follows[event.wanted]}", ""))


def connected(event: HostConnected) -> Line:
    """`r1  connected in 0.2 s`."""
    return ((one_line(event.host), ""), (f"  connected in {seconds(event.duration_seconds)}", "dim"))


def task_finished(event: TaskFinished) -> Line:
    """`r1  Neighbours: ok in 0.3 s`; a failure that was ignored says so and why."""
    state = event.status.value
    pieces: list[Piece] = [(one_line(event.host), ""), (f"  {one_line(event.name)}: ", ""), (said(state), state)]
    pieces.append((f" in {seconds(event.duration_seconds)}", "dim"))
    if event.total is not None:
        pieces.append((f", {event.applied} of {count(event.total, 'line')}", ""))
    if event.unguarded:
        pieces.append((" (unguarded)", "dim"))
    if event.ignored:
        pieces.append((" (ignored)", ""))
    if event.reason:
        pieces.append((f": {shortened(one_line(event.reason), _LONGEST_REASON)}", ""))
    return tuple(pieces)


def sent(event: TaskFinished, redact: Callable[[str], str]) -> Iterator[Line]:
    """What went to the device: `r1  > show clock` for a command, `r1  | ...` for the text of a configuration and what it answered.

    `redact` is for the results, which are not masked on their way here; what looks like a secret of the device's is masked too.
    """
    head: Line = ((one_line(event.host), "strong"),)
    for result in event.results:
        if result.command:
            yield (*head, (f"  > {one_line(mask(redact(result.command)))}", ""))
        elif event.total is not None:
            lines = redact(result.output).strip("\n").splitlines()
            yield from ((*head, (f"  | {one_line(mask(line))}", "")) for line in lines)


def diff(event: TaskFinished) -> Iterator[Line]:
    """What changed, below the host and task; what looks like a secret in it is masked."""
    if event.diff:
        yield ((one_line(event.host), "strong"), (f"  {one_line(event.name)}: changes", ""))
        yield from (((f"    {escape(mask(line))}", ""),) for line in event.diff.strip("\n").splitlines())


def printed(event: TextPrinted) -> Iterator[Line]:
    """`r1  text` on one line, or the heading and the text indented below it."""
    lines = escape(event.text).strip("\n").split("\n")
    title = one_line(event.title or ("" if len(lines) == 1 else event.task))
    head: Line = ((one_line(event.host), "strong"), (f"  {title}" if title else "", ""))
    if len(lines) == 1:
        yield (*head, (f"{':' if title else ' '} {lines[0]}", ""))
        return
    yield (*head, (":", ""))
    yield from (((f"  {line}", ""),) for line in lines)


def _batch(event: BatchStarted | BatchFinished, devices: int) -> str:
    return f"batch {event.batch_number} of {event.total_batches} ({count(devices, 'device')})"


def _hint(hint: str, said: str) -> Iterator[Line]:
    """The hint, unless what was said ends with it already, as an error put into words does."""
    if hint and f"({one_line(hint)})" not in one_line(said):
        yield ((f"    hint: {one_line(hint)}", "dim"),)


def _tail(output: str) -> Sequence[Line]:
    lines = [line for line in escape(output).split("\n") if line.strip()][-_TAIL:]
    return [((f"    | {shortened(line, _LONGEST_TAIL_LINE)}", "dim"),) for line in lines]
