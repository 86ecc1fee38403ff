"""Tells people how a run goes: progress and failures on stderr while it goes, results and the recap on stdout."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from runner.events import (
    BatchFinished,
    BatchStarted,
    ConnectRetried,
    Event,
    HandlerFailed,
    HostConnected,
    HostFinished,
    HostHeldBack,
    LimitTripped,
    PlayStarted,
    RunFinished,
    RunStarted,
    TaskFinished,
    TextPrinted,
    Warned,
)
from runner.job_events import ControlRequested, DeviceBusy, DoubtResolved, RunInterrupted, RunResumed
from runner.journal.record import JobRecord
from runner.journal.redaction import Redact, redacted, unchanged
from runner.reporters import sentences
from runner.reporters.grouped import grouped_lines
from runner.reporters.line import Line
from runner.reporters.outlet import Outlet
from runner.reporters.progress import Progress, advance, live_lines
from runner.reporters.recap import recap, saved, total
from runner.reporters.screen import Screen
from runner.states import BAD, HostStatus, TaskStatus

_SIGN_OF_LIFE = 30.0
"""Seconds of silence after which a plain log says how far a batch is, at the next host that ends."""

_TAIL = 2000


class Console:
    """The reporter for people. It must be told each event after `record` was, as the recap is read from there.

    Arguments:
        out, err: the streams; None where the process has none.
        results: False when stdout belongs to somebody else (`--format json`): printed texts and the total then go to stderr.
        verbosity: 1 adds what was sent and details of failures, 2 a line for each task.
        grouped: show at the end what the commands gave, identical outputs once (`exec`).
        redact: masks secrets in everything shown.
        clock: monotonic seconds.

    Call `close` in all cases: it gives the cursor back.
    """

    def __init__(
        self,
        record: JobRecord,
        *,
        out: TextIO | None,
        err: TextIO | None,
        results: bool = True,
        verbosity: int = 0,
        grouped: bool = False,
        redact: Redact = unchanged,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._record = record
        self._results = results
        self._verbosity = verbosity
        self._grouped = grouped
        self._redact = redact
        self._clock = clock
        self._progress = Progress()
        self._screen = Screen(Outlet(out, environ), Outlet(err, environ), self._live_lines)
        self._live = self._screen.err.interactive
        self._tails: dict[str, str] = {}
        self._held: list[tuple[bool, list[Line]]] | None = None
        self._gave = False
        self._told_full = False
        self._last_line = 0.0
        self._lock = threading.RLock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            now = self._clock()
            event = redacted(event, self._redact)
            self._progress = advance(self._progress, event, now)
            self._on(event)
            if isinstance(event, HostFinished) and not self._live and now - self._last_line >= _SIGN_OF_LIFE:
                self._tell(sentences.batch_goes_on(batch) for batch in self._progress.open if batch.number == event.batch_number)

    def close(self) -> None:
        """Take the live lines away. May be called twice."""
        with self._lock:
            self._screen.stop()

    @property
    def lost(self) -> str:
        """Why results could not be written (a full disk), for the caller to say; empty when they were or their reader went away."""
        return self._screen.out.lost

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For a question to the user: the live lines are gone meanwhile and everything else waits until it is answered."""
        with self._lock:
            was_live = self._screen.stop()
            outer, self._held = self._held, self._held if self._held is not None else []
        try:
            yield
        finally:
            with self._lock:
                held, self._held = self._held, outer
                if outer is None:
                    if was_live:
                        self._screen.start()
                    for is_result, lines in held or ():
                        self._emit(is_result, lines)

    def _on(self, event: Event) -> None:
        match event:
            case TaskFinished():
                self._task_finished(event)
            case HostFinished():
                self._host_finished(event)
            case HostConnected() if self._verbosity >= 2:
                self._tell([sentences.connected(event)])
            case ConnectRetried():
                self._tell([sentences.retried(event)])
            case DeviceBusy():
                self._busy(event)
            case HostHeldBack() if self._verbosity and event.host not in self._record.busy:
                self._tell([sentences.held_back(event)])
            case DoubtResolved():
                self._tell([sentences.doubt_resolved(event)])
            case LimitTripped():
                self._tell([sentences.limit_tripped(event)])
            case BatchStarted() | BatchFinished():
                self._batch(event)
            case ControlRequested():
                self._tell([sentences.control_requested(event)])
            case TextPrinted():
                self._emit(self._results, sentences.printed(event))
            case HandlerFailed():
                self._tell(sentences.handler_failed(event))
            case Warned():
                self._tell(sentences.warned(event))
            case RunStarted():
                self._tell([sentences.run_started(event)])
            case PlayStarted():
                self._tell([sentences.play_started(event)])
            case RunResumed():
                self._tell([sentences.run_resumed(event)])
            case RunFinished() | RunInterrupted():
                self._run_finished()
            case _:
                pass

    def _busy(self, event: DeviceBusy) -> None:
        """A device that another job has is told for each host; that no session is free, without a holder, once."""
        if event.holder or self._verbosity or not self._told_full:
            self._told_full |= not event.holder
            self._tell([sentences.busy(event)])

    def _batch(self, event: BatchStarted | BatchFinished) -> None:
        if isinstance(event, BatchFinished):
            self._tell([sentences.batch_finished(event)])
        elif not self._live:
            self._tell([sentences.batch_started(event)])
        elif self._held is None:
            self._screen.start()

    def _task_finished(self, event: TaskFinished) -> None:
        wrote = event.total is not None or event.ignored
        if self._verbosity >= 2 or (self._verbosity == 1 and wrote):
            self._tell([sentences.task_finished(event)])
        if self._verbosity:
            self._tell(sentences.sent(event, self._redact))
            self._tell(sentences.diff(event))
        if self._verbosity and event.results and event.status in (TaskStatus.FAILED, TaskStatus.UNREACHABLE, TaskStatus.IN_DOUBT):
            self._tails[event.host] = self._redact(event.results[-1].output[-_TAIL:])

    def _host_finished(self, event: HostFinished) -> None:
        output = self._tails.pop(event.host, "")
        passed_over = event.status is HostStatus.SKIPPED and event.phase  # unreachable, and the playbook says that this is no failure
        if event.status in BAD or passed_over or (event.status is HostStatus.STOPPED and self._verbosity):
            self._tell(sentences.failure(event, output, details=self._verbosity > 0))

    def _run_finished(self) -> None:
        self._screen.stop()
        if not self._results:
            self._tell([*saved(self._record), total(self._record)])
            return
        if self._grouped:
            self._emit(True, grouped_lines(self._record))
        lines = recap(self._record, self._screen.out.width, self._verbosity > 0, brief=self._grouped)
        self._emit(True, [*([()] if self._gave or self._screen.out.terminal else []), *lines])

    def _tell(self, lines: Iterable[Line]) -> None:
        self._emit(False, lines)

    def _emit(self, is_result: bool, lines: Iterable[Line]) -> None:
        if self._held is not None:
            self._held.append((is_result, [*lines]))
        elif is_result:
            self._gave = True
            self._screen.give(lines)
        else:
            self._last_line = self._clock()
            self._screen.tell(lines)

    def _live_lines(self, width: int) -> Sequence[Line]:
        """Called from the screen's own thread; takes no lock, as the progress is replaced and never changed."""
        return live_lines(self._progress, self._clock(), width)
