"""From a host's turn to having its device alone: takes the lease, or waits, or leaves the host out, as `on_busy` says."""

from __future__ import annotations

import itertools
from typing import NoReturn

from runner.errors import RunnerError
from runner.execution.logins import HeldBack
from runner.execution.meeting import Barrier
from runner.execution.shared import PlayRun
from runner.job_events import DeviceBusy
from runner.leases import Busy, Lease, Leases


def take_lease(host: str, run: PlayRun, barrier: Barrier | None) -> Lease | None:
    """The lease of a host that will be talked to, through whatever kind of connection; None where nothing is locked.

    While the host waits, the others of its batch do not wait for it, at the barrier either: a host that holds a device must never wait
    for one that wants a device, or two jobs could wait for each other.

    Raises:
        HeldBack: the host is not started.
        Stopped: nothing new may start, or no further host may begin.
    """
    if run.leases is None or not run.play.talks(host):
        return None
    try:
        return _waited(host, run, run.leases, barrier)
    finally:
        run.line.leave(host)


def _waited(host: str, run: PlayRun, leases: Leases, barrier: Barrier | None) -> Lease:
    told = False
    for attempt in itertools.count(1):
        run.control.check("this host's turn", new_host=True)
        try:
            lease = leases.take(run.targets[host])
        except Busy as error:
            busy = error
        except RunnerError as error:
            reason = f"the device of {host} cannot be locked: {error.message}"
            run.control.halt(reason)
            raise HeldBack(reason, first=False) from error
        else:
            if barrier is not None:
                barrier.join(host)
            return lease
        if run.on_busy != "wait" and not busy.passes:
            _leave_out(host, run, busy)
        if not told:
            run.tell(_busy(host, run, busy, "wait"))
        told = True
        if barrier is not None:
            barrier.leave(host)
        _wait(host, run, busy, attempt)
    raise AssertionError("there is always a next attempt")


def _wait(host: str, run: PlayRun, busy: Busy, attempt: int) -> None:
    """For a free session in the line, for a device alone. Raises Stopped."""
    if not busy.holder:
        run.line.stand(host, run.control)
        return
    run.line.leave(host)
    run.control.wait(run.busy_backoff.seconds(attempt), new_host=True)


def _leave_out(host: str, run: PlayRun, busy: Busy) -> NoReturn:
    """The host is not started; with `fail` nothing is from now on. Raises HeldBack, or Stopped where a limit came before."""
    if run.on_busy == "fail" and not run.control.halt(f"{host} is not started: {busy.message} (on_busy: fail)"):
        run.control.check("this host's turn")
    run.tell(_busy(host, run, busy, run.on_busy))
    raise HeldBack(busy.message, first=False)


def _busy(host: str, run: PlayRun, busy: Busy, decision: str) -> DeviceBusy:
    return DeviceBusy(
        host=host,
        play=run.play.name,
        batch_number=run.play.batch_number(host),
        holder=busy.holder,
        decision=decision,
        reason=busy.message,
    )
