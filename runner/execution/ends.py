"""Keeps what a play tells truthful to its end: every started host ends exactly once, every batch with the states of its hosts."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runner import batches
from runner.errors import Stopped
from runner.events import BatchFinished, BatchStarted, Event, HostFinished, HostStarted, TaskFinished, WriteIntended
from runner.execution.shared import PlayRun
from runner.job_events import DoubtResolved, WriteEnded
from runner.planning.plan import PlannedBatch
from runner.states import HostStatus, batch_status

CUT = "the run ended before this host did"

OVERDUE = 5.0
"""Seconds that hosts which must end, and whose sessions close by themselves, are waited for: then what they run cannot be cut."""


class Ends:
    """Passes the events of a play on, and remembers how each host stands. Safe for the threads of its hosts.

    `left` are the hosts of each batch whose turn has not ended in an earlier process of the job.
    """

    def __init__(self, run: PlayRun, left: Mapping[int, tuple[str, ...]]) -> None:
        self._run, self._play, self._tell, self._left = run, run.play, run.tell, left
        self._todo = [batch for batch in run.play.batches if left[batch.number]]
        self._standing = {host: status for batch in run.play.batches for host, status in run.progress.turns.get(batch.number, {}).items()}
        self._intents = {intent.host: (intent.index, intent.task) for intent in run.progress.doubts() if intent.batch_number in left}
        self._passed = 0
        self._began = (datetime.now(UTC), time.monotonic())
        self._moved = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            if isinstance(event, HostStarted):
                self._standing[event.host] = HostStatus.RUNNING
            elif isinstance(event, WriteIntended | WriteEnded | TaskFinished | HostFinished):
                if self._standing.get(event.host) not in (None, HostStatus.RUNNING):
                    # the run was cut, the host's end has been told, and it was not this
                    if isinstance(event, WriteIntended):
                        raise Stopped(CUT)
                    return
                self._follow(event)
            elif isinstance(event, DoubtResolved):
                self._intents.pop(event.host, None)
            if isinstance(event, WriteEnded | TaskFinished | HostFinished):
                self._moved = time.monotonic()
        self._tell(event)

    def batch(self, fact: batches.BatchStarted | batches.BatchFinished) -> None:
        """Tell the start or end of a batch with its number in the job, and let the policy judge the end."""
        planned = self._todo[fact.number - 1]
        if isinstance(fact, batches.BatchStarted):
            self.pass_over(before=planned.number)
            self._start(planned)
            if self._run.progress.batches:
                self._run.referee.batch_goes_on(self._play, planned.number, self._left[planned.number], self._tell)
            return
        for host in planned.hosts:
            self._settle(host, planned.number, fact)
        self._finish(planned)
        self._run.referee.batch_ended(self._play, planned.number, self._tell)

    def no_thread(self, host: str, error: RuntimeError) -> None:
        """A host that cannot start has failed. Told at once, as others may be waiting for it: its limit ends their wait."""
        reason, hint = f"the system gave no thread to work on this host: {error}", "use a smaller batch size, or raise the system's limit"
        self._end(host, self._play.batch_number(host), HostStatus.FAILED, reason, hint)

    def overdue(self) -> bool:
        """Whether a stop has lasted too long: hosts still at work run what cannot be cut, such as a Python function that hangs.

        Reading should have ended at once, writing with its grace time; what a host does after either is given the same few seconds.
        """
        stopped = self._run.control.stopped_for()
        with self._lock:
            writing = any(self._standing.get(host) is HostStatus.RUNNING for host in self._intents)
            still = time.monotonic() - self._moved
        return min(stopped, still) > OVERDUE and stopped > OVERDUE + (self._run.limits.grace if writing else 0.0)

    def pass_over(self, before: int) -> None:
        """Tell batches with lower numbers that have nothing to do and are done: their hosts all fell out in an earlier play, or have
        ended in an earlier process, which was cut before it could tell the end of the batch.
        """
        for batch in self._play.batches:
            told = self._run.progress.batches.get(batch.number)
            if not self._left[batch.number] and self._passed < batch.number < before and not told:
                if told is None:
                    self._start(batch)
                self._finish(batch)
                if batch.hosts:
                    self._run.referee.batch_ended(self._play, batch.number, self._tell)
        self._passed = max(self._passed, before - 1)

    def _follow(self, event: WriteIntended | WriteEnded | TaskFinished | HostFinished) -> None:
        if isinstance(event, WriteIntended):
            self._intents[event.host] = (event.index, event.task)
        elif isinstance(event, HostFinished):
            self._standing[event.host] = event.status
        elif self._intents.get(event.host, (-1, ""))[0] == event.index and not (
            isinstance(event, WriteEnded) and event.outcome == "in_doubt"
        ):
            self._intents.pop(event.host)

    def _settle(self, host: str, number: int, fact: batches.BatchFinished) -> None:
        """Give a host an end that has told none: its thread broke, or the run was cut while it was at work."""
        standing = self._standing.get(host)
        broken = host in fact.results and any(each.exception is not None for each in fact.results[host])
        if standing not in (None, HostStatus.RUNNING) or (standing is None and not broken):
            return
        status, reason = HostStatus.FAILED, _cause(fact.results.get(host))
        if host not in fact.results:
            status, reason = HostStatus.STOPPED, CUT
        if host in self._intents:
            task = self._intents[host][1]
            status, reason = HostStatus.IN_DOUBT, f"{reason} in task '{task}', which writes; whether it took effect is not known"
        self._end(host, number, status, reason)

    def _end(self, host: str, number: int, status: HostStatus, reason: str, hint: str = "") -> None:
        self(HostFinished(host=host, play=self._play.name, batch_number=number, status=status, reason=reason, hint=hint))
        if (tripped := self._run.referee.host_ended(self._play, host, status)) is not None:
            self._tell(tripped)

    def _start(self, planned: PlannedBatch) -> None:
        self._began = (datetime.now(UTC), time.monotonic())
        self._tell(
            BatchStarted(
                play=self._play.name,
                batch_number=planned.number,
                total_batches=len(self._run.plan.batches),
                batch_size=len(planned.hosts),
                device_ids=planned.hosts,
            )
        )

    def _finish(self, planned: PlannedBatch) -> None:
        statuses = [self._standing.get(host, HostStatus.PENDING) for host in planned.hosts]
        start, began = self._began
        self._tell(
            BatchFinished(
                play=self._play.name,
                batch_number=planned.number,
                total_batches=len(self._run.plan.batches),
                status=batch_status(statuses),
                counts=dict(Counter(str(status) for status in statuses)),
                start_time=start,
                end_time=datetime.now(UTC),
                duration_seconds=time.monotonic() - began,
            )
        )


def _cause(result: Any) -> str:
    """Why a thread ended outside of any task: an error of ours or of a Nornir processor."""
    cause = next((each.exception for each in result or () if each.exception is not None), None)
    return f"internal error: {type(cause).__name__}: {cause}" if cause else "internal error: the host's thread ended without a result"
