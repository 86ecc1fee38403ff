"""From a host's turn to its first prompt: the gate before the login, and the attempts that may be repeated."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from nornir.core.inventory import Host

from runner.errors import SessionError
from runner.events import ConnectRetried
from runner.execution.logins import HeldBack
from runner.execution.shared import Connection, PlayRun

CONNECTION = "netmiko"
"""The name under which Nornir tasks find the open session in `host.connections`."""

_NEVER_PASSES = frozenset({"not_ssh", "old_protocol", "no_descriptors", "host_timeout", "forwarding_refused"})


def may_pass(error: SessionError) -> bool:
    """Whether the same attempt could succeed a little later: nobody answers, or all lines are in use. Never a login or a key."""
    if error.cause in _NEVER_PASSES:
        return False
    return error.phase in ("tcp", "banner") or (error.phase, error.cause) == ("shell", "no_session")


def open_session(host: Host, run: PlayRun, begun: Callable[[], float]) -> Connection:
    """An open connection, registered with the host.

    Arguments:
        begun: called when the host's turn has come, before anything is opened; gives the monotonic time the host's limit counts from.

    Raises:
        HeldBack: no login may be tried, and `begun` was not called.
        SessionError: the last attempt's error.
        Stopped: nothing new may start, or the host's turn has not come and no further host may begin.
    """
    started: float | None = None
    last: SessionError | None = None
    for attempt in itertools.count(1):
        try:
            gate = run.logins.attempt(run.targets[host.name], run.play.max_auth_failures, new_host=started is None)
            with gate as outcome:
                started = begun() if started is None else started
                connection = _new(host, run, started)
                last = _connect(connection)
                outcome(last)
        except HeldBack:
            if last is None:
                raise
            raise last from None
        if last is None:
            return connection
        delay = run.backoff.seconds(attempt)
        in_time = connection.deadline is None or time.monotonic() + delay < connection.deadline
        if attempt > run.play.connect_retries or not may_pass(last) or not in_time:
            raise last
        connection.close()
        run.tell(_retried(host.name, run, attempt, last, delay))
        run.control.wait(delay)
    raise AssertionError("there is always a next attempt")


def _connect(connection: Connection) -> SessionError | None:
    try:
        connection.connect()
    except SessionError as error:
        return error
    return None


def _retried(host: str, run: PlayRun, attempt: int, error: SessionError, delay: float) -> ConnectRetried:
    return ConnectRetried(
        host=host,
        play=run.play.name,
        batch_number=run.play.batch_number(host),
        attempt=attempt,
        phase=error.phase,
        reason=error.message,
        delay_seconds=delay,
    )


def _new(host: Host, run: PlayRun, started: float) -> Connection:
    connection = run.connect(run.targets[host.name])
    connection.deadline = started + run.limits.host if run.limits.host is not None else None
    # Nornir's type wants its ConnectionPlugin; ours is one, and Protocol variance keeps mypy from seeing it.
    host.connections[CONNECTION] = connection  # type: ignore[assignment]
    return connection
