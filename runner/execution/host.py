"""One host's play from its connect to its disconnect: the Nornir task that `BatchRunner` runs in a thread for each host."""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import Any

from nornir.core.inventory import Host
from nornir.core.task import Result, Task

from runner import crash_points
from runner.errors import SessionError, Stopped
from runner.events import HostConnected, HostFinished, HostHeldBack, HostStarted, LimitTripped, TaskFinished
from runner.execution.connecting import CONNECTION, open_session
from runner.execution.contexts import without_clock
from runner.execution.doubts import LOOK, still, tell_decided, verify
from runner.execution.leasing import take_lease
from runner.execution.logins import HeldBack
from runner.execution.meeting import Barrier
from runner.execution.past import Past
from runner.execution.scope import HostScope
from runner.execution.shared import Connection, PlayRun
from runner.execution.tasks import Outcome, run_task
from runner.execution.work import HostWork
from runner.leases import Lease
from runner.planning.plan import PlannedTask
from runner.states import BAD, GOOD, HostStatus, TaskStatus
from runner.target import Target

_FOREIGN_KEY = frozenset({"key_changed", "revoked_key"})
"""Causes that nothing passes over: somebody else may be there in the device's place."""


@dataclass(frozen=True, kw_only=True)
class _End:
    status: HostStatus
    reason: str = ""
    hint: str = ""
    phase: str = ""
    task: str = ""


def run_host(nornir_task: Task, run: PlayRun) -> Result:
    """Run the play on the host of this thread.

    Ends with a `HostFinished`, told when its session is closed; a host that must not log in with a `HostHeldBack`, and one whose
    turn has not come when nothing new may start with nothing: it was not started. Its device is its own until after that.
    """
    visit = _Visit(nornir_task, run)
    try:
        return _visited(nornir_task, visit)
    finally:
        visit.release()


def _visited(nornir_task: Task, visit: _Visit) -> Result:
    try:
        end = visit.end()
    except HeldBack as error:
        visit.tell_held_back(error)
        end = None
    finally:
        visit.leave()
    if end is None:
        return Result(host=nornir_task.host, result=str(HostStatus.PENDING))
    visit.tell_end(end)
    bad = end.status in BAD or end.status is HostStatus.STOPPED
    return Result(host=nornir_task.host, result=str(end.status), failed=bad, changed=end.status is HostStatus.CHANGED)


class _Visit:
    """One host while its play runs."""

    def __init__(self, nornir_task: Task, run: PlayRun) -> None:
        self._nornir_task, self._run = nornir_task, replace(run, connect=self._new)
        self._host: Host = nornir_task.host
        self._number = run.play.batch_number(self._host.name)
        self._started: float | None = None
        self._barrier = _barrier_of(run, self._number)
        self._wrote_last = False
        self._connect = run.connect
        self._connection: Connection | None = None
        self._close_confirmed = True
        self._lease: Lease | None = None
        self._past = Past.of(run.progress, run.play, self._host.name, self._number)
        self._tripped: LimitTripped | None = None

    def end(self) -> _End | None:
        """Do everything; how it ended, None where the host was not started. Raises HeldBack."""
        try:
            end = self._work()
        except SessionError as error:
            end = self._lost(error)
        except Stopped as error:
            if self._started is None:
                return None
            end = _End(status=HostStatus.STOPPED, reason=error.message)
        if self._past.doubts and end.status is not HostStatus.IN_DOUBT:
            end = replace(end, status=HostStatus.IN_DOUBT, reason=f"{end.reason or 'nothing was decided'}; {still(self._past)}")
        self._tripped = self._run.referee.host_ended(self._run.play, self._host.name, end.status)
        return end

    def leave(self) -> None:
        """Close what is open, ours last, as what a task opened may go through it; in every case."""
        if self._barrier is not None:
            self._barrier.leave(self._host.name)
        self._host.connections.pop(CONNECTION, None)
        for kind in reversed(list(self._host.connections)):
            with suppress(Exception):  # a plugin's close is not ours, and the host's end is told in any case
                self._host.connections.pop(kind).close()
        if self._connection is not None:
            crash_points.here("in_disconnect")
            self._connection.close()
            self._close_confirmed &= self._connection.close_confirmed

    def release(self) -> None:
        """Let other jobs have the device; nothing of this host is open any more."""
        if self._lease is not None:
            self._lease.release()
            self._run.line.freed()

    def tell_end(self, end: _End) -> None:
        """The last fact about this host in this play, and the limit that it passed."""
        self._run.tell(
            HostFinished(
                host=self._host.name,
                play=self._run.play.name,
                batch_number=self._number,
                status=end.status,
                reason=end.reason,
                hint=end.hint,
                phase=end.phase,
                task=end.task,
                close_confirmed=self._close_confirmed,
                duration_seconds=time.monotonic() - (self._started or time.monotonic()),
            )
        )
        if self._tripped is not None:
            self._run.tell(self._tripped)

    def tell_held_back(self, error: HeldBack) -> None:
        """The host is not started; the first one for which that holds is also the limit's own line. One in doubt stays so."""
        host, play, number = self._host.name, self._run.play.name, self._number
        if error.first:
            limit = LimitTripped(play=play, batch_number=number, limit="max_auth_failures", decision="stop", reason=str(error))
            self._run.tell(limit)
        if not self._past.doubts:
            self._run.tell(HostHeldBack(host=host, play=play, batch_number=number, reason=str(error)))

    def _new(self, target: Target) -> Connection:
        """A connection; what the one of an attempt before left behind at the device is remembered."""
        if self._connection is not None:
            self._close_confirmed &= self._connection.close_confirmed
        self._connection = self._connect(target)
        return self._connection

    def _begin(self) -> float:
        tell_decided(self._run, self._past)
        self._started = time.monotonic()
        self._run.tell(HostStarted(host=self._host.name, play=self._run.play.name, batch_number=self._number))
        return self._started

    def _work(self) -> _End:
        run, connection = self._run, None
        self._lease = take_lease(self._host.name, run, self._barrier)
        if (over := self._over()) is not None:
            return over
        if run.play.needs_session(self._host.name, apart=self._past.finished.keys()):
            connection = open_session(self._host, run, self._begin)
            spent = time.monotonic() - (self._started or 0.0)
            run.tell(HostConnected(host=self._host.name, play=run.play.name, batch_number=self._number, duration_seconds=spent))
        else:
            run.control.check("this host's turn", new_host=True)
            self._begin()
        end = self._tasks(connection)
        if connection is not None and end.status in GOOD:
            connection.finishing = self._wrote_last  # all is done, and a stop that came meanwhile does not change that
            connection.check()  # what the last command gave may turn out to have been cut
        return end

    def _over(self) -> _End | None:
        """The end of a host with which an earlier process was as good as done, or whose tasks are not those of before."""
        bad = self._past.bad_end()
        if bad is None and not self._past.changed:
            return None
        self._run.control.check("this host's turn", new_host=True)
        self._begin()
        if bad is not None:
            return _ended(bad, None)
        return _End(status=HostStatus.FAILED, reason=self._past.changed, hint="look at the device, and start a new job for it")

    def _lost(self, error: SessionError) -> _End:
        """The session could not be opened, or broke outside of any task."""
        status, reason = HostStatus.UNREACHABLE if error.unreachable else HostStatus.FAILED, error.message
        ignored = not self._past.wrote and error.cause not in _FOREIGN_KEY and _ignores_unreachable(self._run, self._host.name)
        if error.unreachable and ignored:
            return _End(status=HostStatus.SKIPPED, reason=f"{reason} (ignored: ignore_unreachable)", hint=error.hint, phase=error.phase)
        if error.cause == "out_of_step" and self._wrote_last:
            status, reason = HostStatus.IN_DOUBT, f"{reason}; whether the last task took effect is not known"
        return _End(status=status, reason=reason, hint=error.hint, phase=error.phase)

    def _tasks(self, connection: Connection | None) -> _End:
        """Run the play's tasks one after the other, each as a Nornir subtask, until one ends the host's work."""
        work = _work_of(self._nornir_task, self._run, connection, self._number, self._lease, self._past)
        statuses = []
        self._meet(connection)
        for task in self._run.play.tasks:
            if undecided := verify(task, work):
                return _End(status=HostStatus.IN_DOUBT, reason=undecided, hint=LOOK, task=task.name)
            outcome = self._subtask(task, work)
            if task.needs_session and outcome.event.status is not TaskStatus.SKIPPED:
                self._wrote_last = outcome.wrote
            if not outcome.host_goes_on:
                return _ended(outcome.event, outcome.fatal)
            statuses.append(outcome.event.status)
            if task is not self._run.play.tasks[-1]:
                self._meet(connection)
        if TaskStatus.CHANGED in statuses:
            return _End(status=HostStatus.CHANGED)
        ran = any(status is not TaskStatus.SKIPPED for status in statuses)
        return _End(status=HostStatus.OK if ran else HostStatus.SKIPPED)

    def _subtask(self, task: PlannedTask, work: HostWork) -> Outcome:
        outcome: Outcome | None = None

        def subtask(under: Task) -> Result:
            nonlocal outcome
            outcome = run_task(task, work)
            return Result(host=self._host, result=str(outcome.event.status), changed=outcome.event.changed)

        self._nornir_task.run(task=subtask, name=task.name)
        if outcome is None:
            raise RuntimeError(f"task '{task.name}' was not run: a Nornir processor raised")
        return outcome

    def _meet(self, connection: Connection | None) -> None:
        """With `any_errors_fatal`, wait for the batch's other hosts, so that none is a task ahead when one fails."""
        if self._barrier is not None:
            with without_clock(connection) if connection is not None else nullcontext():
                self._barrier.pass_step(self._host.name)


def _barrier_of(run: PlayRun, number: int) -> Barrier | None:
    if not run.play.policy.any_errors_fatal:
        return None
    return run.meetings.barrier(number, next(batch.hosts for batch in run.play.batches if batch.number == number))


def _ignores_unreachable(run: PlayRun, host: str) -> bool:
    """A host that cannot be reached is passed over for the play, and counts as no failure, where every task says so
    that would talk to it. There is one connect for all tasks of a play, so a single task cannot be passed over as Ansible does.
    """
    talking = [task for task in run.play.tasks if task.needs_session and not task.steps[host].skipped]
    return all(task.ignore_unreachable for task in talking)


def _work_of(nornir_task: Any, run: PlayRun, connection: Connection | None, number: int, lease: Lease | None, past: Past) -> HostWork:
    host = nornir_task.host.name
    device = run.plan.devices[host]
    return HostWork(
        play=run.play,
        host=host,
        platform=device.platform,
        facts=run.plan.platforms.of(device.platform),
        nornir_task=nornir_task,
        batch_number=number,
        scope=HostScope(run.play.variables[host], run.play.written_vars, run.plan.extra_vars),
        session=connection,
        target=run.targets.get(host),
        secrets=run.secrets.get(host, {}),
        registries=run.registries,
        templates=run.templates,
        output_dir=run.output_dir,
        root=run.plan.root,
        claims=run.claims,
        tell=run.tell,
        control=run.control,
        meetings=run.meetings,
        ask=run.ask,
        past=past,
        holds=lease.holds if lease is not None else lambda: True,
        grace=run.limits.grace,
    )


def _ended(event: TaskFinished, fatal: SessionError | Stopped | None) -> _End:
    statuses = {TaskStatus.IN_DOUBT: HostStatus.IN_DOUBT, TaskStatus.STOPPED: HostStatus.STOPPED}
    phase = fatal.phase if isinstance(fatal, SessionError) else ""
    return _End(status=statuses.get(event.status, HostStatus.FAILED), reason=event.reason, hint=event.hint, phase=phase, task=event.name)
