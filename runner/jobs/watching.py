"""Lets a running job know what somebody elsewhere wants of it, and others that it is alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from runner.errors import RunnerError
from runner.events import Tell, Warned
from runner.execution.control import Control
from runner.job import Wanted
from runner.job_events import ControlRequested

_LONGEST_END = 2.0
"""Seconds that the end of a job waits for a look under way: one that hangs is left behind in its daemon thread."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is looked at while a job runs. Both callables come from a thread of their own; what they raise does not end the job.

    Arguments:
        wanted: what is wanted of the job now, and by whom.
        beat: says that the job is alive.
        every: seconds between two looks; `beat_every` the same between two beats.
    """

    wanted: Callable[[], tuple[Wanted, str]]
    beat: Callable[[], None] = lambda: None
    every: float = 0.5
    beat_every: float = 5.0


class Watching:
    """Looks, as a context manager, from the beginning to the end of a job.

    A wish that the control takes is told as `ControlRequested`, the first error of each callable as `Warned`. Whoever asked has
    put the wish on record, so `tell` reaches only those who watch.
    """

    def __init__(self, watched: Watched, job_id: str, control: Control, tell: Tell) -> None:
        self._watched, self._job_id, self._control, self._tell = watched, job_id, control, tell
        self._known: tuple[Wanted, str] = (Wanted.RUN, "")
        self._complained: set[str] = set()
        self._quiet = False
        self._ended = threading.Event()
        self._telling = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="watching", daemon=True)

    def __enter__(self) -> Watching:
        self._control.look = self.look  # a wish that is there before a batch is opened holds for that batch
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._control.look = lambda: None
        self._ended.set()
        self._thread.join(_LONGEST_END)

    def look(self) -> None:
        """Pass on what is wanted at this moment."""
        if not self._quiet:
            self._guarded("what is wanted of this job cannot be read", self._look)

    def quiet(self) -> None:
        """Pass on no further wish and tell nothing more, as the job's end is about to be told; go on saying that it is alive."""
        with self._telling:
            self._quiet = True

    def _work(self) -> None:
        beaten = time.monotonic()
        while not self._ended.is_set():
            self.look()
            if time.monotonic() - beaten >= self._watched.beat_every:
                beaten = time.monotonic()
                self._guarded("others may take this job for dead", self._watched.beat)
            self._ended.wait(self._watched.every)

    def _look(self) -> None:
        wish = self._watched.wanted()
        if wish == self._known:
            return
        with self._telling:
            self._known = wish
            if not self._quiet and self._control.wind_down(*wish):
                self._tell(ControlRequested(job_id=self._job_id, wanted=wish[0], by=wish[1]))

    def _guarded(self, so: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:
            words = error.message if isinstance(error, RunnerError) else f"{type(error).__name__}: {error}"
            with self._telling:
                if so in self._complained or self._quiet:
                    return
                self._complained.add(so)
                self._tell(Warned(message=f"{so}: {words}"))
