"""The gate before every login: keeps accounts from being locked and authentication servers from being flooded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from runner.errors import SessionError
from runner.execution.control import Control
from runner.target import Target

_PULSE = 0.1

_NOT_TRIED = frozenset({"no_password", "no_method", "timeout", "key_unusable"})
"""Causes in the phase `auth` that are no refusal: nothing was tried, or nobody said no."""

_AT_JUMP_HOST = "jump_"
"""How the cause begins when it was the login to a jump host that was refused: this account was not tried."""

_BEHIND_AUTH = frozenset({"shell", "prompt", "command"})


class HeldBack(Exception):
    """No login is tried, to keep the account from being locked. The message says why; `first` marks the first one of an account."""

    def __init__(self, reason: str, *, first: bool) -> None:
        super().__init__(reason)
        self.first = first


@dataclass
class _Account:
    """One set of credentials: refusals in a row, logins under way, and whether one has ever succeeded."""

    refused: int = 0
    in_flight: int = 0
    proven: bool = False
    held: bool = False


class Logins:
    """One for a job; asked before each attempt to connect.

    After `most` refusals in a row with the same credentials no further login with them is tried. Until one has succeeded, no more
    are under way than could still be refused; a success resets the count.

    Arguments:
        rate: attempts to connect per second over the whole job, evenly spaced; None = no limit.
        clock: monotonic seconds.

    Attributes:
        reason: why hosts were held back; empty while none was.
    """

    def __init__(self, control: Control, *, rate: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._control, self._clock = control, clock
        self._gap = 1.0 / rate if rate else 0.0
        self._next = clock()
        self._accounts: dict[object, _Account] = {}
        self._changed = threading.Condition()
        self.reason = ""

    @contextmanager
    def attempt(self, target: Target, most: int, *, new_host: bool = False) -> Iterator[Callable[[BaseException | None], None]]:
        """An attempt to connect, once it is this one's turn. What is given takes the outcome: the error, None for success.

        `most` of 0 switches the guard off; `new_host` says that with it the host's turn begins. Raises HeldBack, or Stopped while
        waiting.
        """
        account = self._enter(target, most, new_host)
        told = False

        def outcome(error: BaseException | None) -> None:
            nonlocal told
            told = True
            self._leave(account, error)

        try:
            self._control.wait(self._turn(), new_host=new_host)
            yield outcome
        finally:
            if not told:
                self._leave(account, SessionError("not tried", phase="tcp", cause="stopped"))

    def _enter(self, target: Target, most: int, new_host: bool) -> _Account:
        key = (target.username, target.password, target.key_file, target.agent)
        with self._changed:
            account = self._accounts.setdefault(key, _Account())
            while most > 0:
                self._control.check(new_host=new_host)
                if account.refused >= most:
                    reason, first = _why(account, target, most), not account.held
                    self.reason, account.held = self.reason or reason, True
                    raise HeldBack(reason, first=first)
                if account.proven or account.in_flight + account.refused < most:
                    break
                self._changed.wait(_PULSE)
            account.in_flight += 1
        return account

    def _leave(self, account: _Account, error: BaseException | None) -> None:
        with self._changed:
            account.in_flight -= 1
            if error is None or _was_let_in(error):
                account.refused, account.proven = 0, True
            elif (
                isinstance(error, SessionError)
                and error.phase == "auth"
                and error.cause not in _NOT_TRIED
                and not error.cause.startswith(_AT_JUMP_HOST)
            ):
                account.refused += 1
            self._changed.notify_all()

    def _turn(self) -> float:
        """Seconds until this attempt's turn comes: a bucket of one token."""
        with self._changed:
            now = self._clock()
            at = max(now, self._next)
            self._next = at + self._gap
            return at - now


def _was_let_in(error: BaseException) -> bool:
    """Errors behind the login prove that it succeeded; so does a refusal of privileged mode."""
    return isinstance(error, SessionError) and (error.phase in _BEHIND_AUTH or error.cause == "enable_rejected")


def _why(account: _Account, target: Target, most: int) -> str:
    count = "1 login" if account.refused == 1 else f"{account.refused} logins in a row"
    verb = "was" if account.refused == 1 else "were"
    return (
        f"{count} as '{target.username}' with the same credentials {verb} refused, limit {most} (max_auth_failures): "
        "no further one is tried, as the account might be locked"
    )
