"""What is going on right now: the batches that are open, how far they are, and when it will be over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from runner.events import BatchFinished, BatchStarted, Event, HostFinished, HostStarted, RunStarted
from runner.reporters.line import Line, clock, plain, states
from runner.reporters.names import compressed

_BAR = 10
_FEW = 3


@dataclass(frozen=True, kw_only=True)
class OpenBatch:
    """A batch that has started; `began` is monotonic, `running` are its hosts at work in the order they started."""

    number: int
    total: int
    hosts: int
    began: float
    running: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Hosts whose sessions are closed."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long things took so far: number, sum and longest of hosts, number and sum of batches, all in seconds."""

    hosts: int = 0
    host_seconds: float = 0.0
    longest_host: float = 0.0
    batches: int = 0
    batch_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A view of a running job that never changes; `advance` gives the next one."""

    total_batches: int = 0
    started: int = 0
    open: tuple[OpenBatch, ...] = ()
    pace: Pace = field(default_factory=Pace)


def advance(progress: Progress, event: Event, now: float) -> Progress:
    """The view after the event; `now` is the monotonic clock."""
    match event:
        case RunStarted():
            return replace(progress, total_batches=event.total_batches)
        case BatchStarted():
            batch = OpenBatch(number=event.batch_number, total=event.total_batches, hosts=len(event.device_ids), began=now)
            return replace(progress, open=(*progress.open, batch), started=progress.started + 1, total_batches=event.total_batches)
        case HostStarted():
            return _on_batch(progress, event.batch_number, lambda batch: replace(batch, running=(*batch.running, event.host)))
        case HostFinished():
            return _host_finished(progress, event)
        case BatchFinished():
            still_open = tuple(batch for batch in progress.open if batch.number != event.batch_number)
            pace = progress.pace
            pace = replace(pace, batches=pace.batches + 1, batch_seconds=pace.batch_seconds + event.duration_seconds)
            return replace(progress, open=still_open, pace=pace)
        case _:
            return progress


def eta(progress: Progress, now: float) -> float | None:
    """Seconds until the run is probably over, None where there is nothing to judge by or less than half a second left.

    Hosts of a batch work side by side: an open batch needs what is left of a typical host's time, one to come as long as
    batches took so far (or, before any has ended, the slowest host).
    """
    pace = progress.pace
    if not pace.hosts:
        return None
    host = pace.host_seconds / pace.hosts
    batch = pace.batch_seconds / pace.batches if pace.batches else pace.longest_host
    here = max((host - (now - item.began) for item in progress.open), default=0.0)
    left = max(0.0, here) + batch * max(0, progress.total_batches - progress.started)
    return left if left >= 0.5 else None


def live_lines(progress: Progress, now: float, width: int) -> list[Line]:
    """One line per open batch, each shorter than `width` so that it never wraps; what tells least goes first when it is narrow."""
    return [_fitting(_forms(batch, eta(progress, now)), width - 1) for batch in progress.open]


def _forms(batch: OpenBatch, left: float | None) -> Iterable[Line]:
    """The same line, from all there is to say down to the bare numbers."""
    done, of = f"{batch.finished}/{batch.hosts}", f"Batch {batch.number} of {batch.total}"
    filled = _BAR * batch.finished // max(1, batch.hosts)
    bar = f"[{'#' * filled}{' ' * (_BAR - filled)}]"
    end: Line = ((f"  ETA {clock(left)}", ""),) if left is not None else ()
    counts = (("  ", ""), *states({**batch.counts, "running": len(batch.running)}, separator="  ", number_first=False))
    names: Line = ((f" ({compressed(batch.running)})", "dim"),) if 0 < len(batch.running) <= _FEW else ()
    head: Line = ((of, "strong"), (f"  {bar} ", ""), (done, "strong"))
    yield (*head, *counts, *names, *end)
    yield (*head, *counts, *end)
    yield ((of, "strong"), (f"  {done}", "strong"), *counts, *end)
    yield ((f"Batch {batch.number}/{batch.total}", "strong"), (f"  {done}", "strong"), *counts)
    yield ((f"{batch.number}/{batch.total}  {done}", "strong"), *counts)
    yield ((f"{batch.number}/{batch.total}  {done}", "strong"),)


def _fitting(forms: Iterable[Line], width: int) -> Line:
    line: Line = ()
    for line in forms:
        if len(plain(line)) <= width:
            return line
    return ((plain(line)[: max(0, width)], ""),)


def _host_finished(progress: Progress, event: HostFinished) -> Progress:
    state = event.status.value

    def end(batch: OpenBatch) -> OpenBatch:
        running = tuple(name for name in batch.running if name != event.host)
        return replace(batch, running=running, counts={**batch.counts, state: batch.counts.get(state, 0) + 1})

    pace = progress.pace
    pace = replace(
        pace,
        hosts=pace.hosts + 1,
        host_seconds=pace.host_seconds + event.duration_seconds,
        longest_host=max(pace.longest_host, event.duration_seconds),
    )
    return replace(_on_batch(progress, event.batch_number, end), pace=pace)


def _on_batch(progress: Progress, number: int, change: Callable[[OpenBatch], OpenBatch]) -> Progress:
    return replace(progress, open=tuple(change(batch) if batch.number == number else batch for batch in progress.open))
