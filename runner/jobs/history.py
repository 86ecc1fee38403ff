"""Which jobs and hosts of the past somebody means: filters of the list, patterns over the hosts of stored jobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from runner.documents.suggest import did_you_mean
from runner.errors import InputError
from runner.inventory.model import Device, Inventory
from runner.inventory.patterns import select
from runner.job import Start
from runner.states import JobStatus

if TYPE_CHECKING:
    from runner.store.listing import ListedJob
    from runner.store.store import Store

_AGO = re.compile(r"(?P<number>[0-9]{1,6})\s*(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def jobs_of(
    store: Store, *, playbook: str | None, host: str | None, statuses: Sequence[str], since: str | None, most: int
) -> tuple[ListedJob, ...]:
    """The jobs that fit all filters, newest first; the arguments are those of `nornir-playbook jobs`. Raises InputError."""
    from runner.store.listing import host_names, listed
    from runner.store.projection import moment

    wanted = status_words(statuses)
    begin = moment(moment_of(since)) if since else ""
    hosts = None if host is None else chosen_hosts(host, host_names(store), nothing=True)
    return listed(store, statuses=wanted, since=begin, hosts=hosts, fits=_fits(playbook), most=most)


def status_words(texts: Iterable[str]) -> tuple[JobStatus, ...]:
    """The states of comma-separated words. Raises InputError."""
    known = [status.value for status in JobStatus]
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise InputError(f"--status: a job is never '{word}'", hint=did_you_mean(word, known) or f"known: {', '.join(known)}")
    return tuple(JobStatus(word) for word in words)


def moment_of(text: str, now: datetime | None = None) -> datetime:
    """The moment that `2d` (ago), `2026-11-20` or `2026-11-20T10:00` means, in the time zone of this machine. Raises InputError."""
    now = now or datetime.now(UTC)
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago["unit"]]: int(ago["number"])})
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise InputError(f"--since: '{text}' is no moment", hint="such as 2d, 12h, 30m, 2026-11-20 or 2026-11-20T10:00") from None


def chosen_hosts(pattern: str, names: Sequence[str], *, nothing: bool = False) -> tuple[str, ...]:
    """The hosts of stored jobs that a pattern means. Groups are not stored, so that only names, wildcards and expressions are known.

    Arguments:
        nothing: a pattern may match no host.

    Raises:
        InputError: the pattern is wrong, or matches no host.
    """
    known = Inventory(devices={name: Device(name=name, hostname=name) for name in names})
    chosen = select(pattern, known, allow_empty=True)
    if not chosen and not nothing:
        raise InputError(
            f"'{pattern}' is no host of the job", hint=did_you_mean(pattern, names) or "a name, a pattern such as 'r*', or '~r[0-9]+$'"
        )
    return chosen


def _fits(playbook: str | None) -> Callable[[Start], bool]:
    if playbook is None:
        return lambda start: True
    pattern = playbook
    return lambda start: any(fnmatch(name, pattern) for name in _names(start))


def _names(start: Start) -> tuple[str, ...]:
    """What a playbook may be called: its path from here or from the root, its name with or without its ending. `exec` is its own."""
    if start.kind == "exec":
        return ("exec",)
    path = Path(start.playbook)
    try:
        here = str(path.relative_to(Path.cwd()))
    except ValueError:
        here = str(path)
    return (str(path), here, path.name, path.stem)
