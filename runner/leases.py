"""The lock on a device: what a host holds from before its connect until it is closed, so that two jobs never meet there (P10)."""

from __future__ import annotations

from typing import Literal, Protocol

from runner.errors import RunnerError
from runner.target import Target

OnBusy = Literal["wait", "skip", "fail"]
"""What becomes of a host on whose device another job works: it waits, it is not started, or the job starts nothing more."""


class Busy(RunnerError):
    """A lease cannot be had now. The message says why, as the end of the sentence "r3 waits: ...".

    Arguments:
        holder: the id of the job that works on the device; empty where it is the number of sessions that is reached.
        passes: it ends without another job's doing, or is no matter of this device: the host waits, whatever `on_busy` says.
    """

    exit_code = 6

    def __init__(self, message: str, *, holder: str = "", passes: bool = False) -> None:
        super().__init__(message)
        self.holder = holder
        self.passes = passes


class Lease(Protocol):
    """A device that is this host's alone."""

    def holds(self) -> bool:
        """Whether it still is: a process that did not move for long, as on a machine that slept, may have been given up. Quick."""

    def release(self) -> None:
        """Give it back, when the device has closed the session. Never raises; may be called twice."""


class Leases(Protocol):
    """Gives out the devices to the hosts of one job. Safe for the threads of its hosts."""

    def take(self, target: Target) -> Lease:
        """The device for this host, all that it is known by or nothing. Does not wait for it.

        Raises:
            Busy: another one has it, or as many sessions are open as there may be.
            RunnerError: it cannot be told.
        """
