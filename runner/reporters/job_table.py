"""Jobs as a table for people, narrower where the terminal is, and as objects for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.job import Origin, Start
from runner.reporters.escape import one_line
from runner.reporters.line import Line, count, plain, states, wrapped
from runner.reporters.names import shortened

if TYPE_CHECKING:
    from runner.store.listing import ListedJob

_LONGEST_WHAT = 40
_GAP = "  "
_WHAT_GOES = ((), ("WHO",), ("WHO", "BATCHES"))
"""Columns that are left out, in the order in which they tell least, before a job gets two lines."""


def job_lines(jobs: Sequence[ListedJob], width: int | None) -> Iterator[Line]:
    """A heading and a line for each job; on a terminal that is too narrow for that, two lines for each."""
    rows = [_cells(job) for job in jobs]
    for left_out in _WHAT_GOES:
        lines = [*_aligned([{name: cell for name, cell in row.items() if name not in left_out} for row in rows])]
        if width is None or all(len(plain(line)) <= width for line in lines):
            yield from lines
            return
    for row in rows:
        yield from wrapped((*row["ID"], (_GAP, ""), *row["STATUS"], (_GAP, ""), *row["WHEN"]), width)
        yield from wrapped((("  ", ""), *row["PLAYBOOK"], (": ", ""), *row["HOSTS"]), width)


def job_object(job: ListedJob) -> dict[str, Any]:
    """A job as JSON shows it in a list."""
    head = {name: getattr(job, name) for name in _PLAIN}
    return {
        "id": job.id,
        "status": job.status.value,
        "kind": job.start.kind,
        **head,
        "hosts": dict(job.hosts),
        "origin": asdict(job.origin),
    }


_PLAIN = (
    *("playbook", "total_devices", "batch_size", "current_batch", "total_batches", "batches_done"),
    *("created", "started", "ended", "duration_seconds", "exit_code", "reason", "parent"),
)


def when(stored: str | None) -> str:
    """A stored moment in the time of this machine: `2026-11-24 09:12:07`; empty for none."""
    return f"{datetime.fromisoformat(stored).astimezone():%Y-%m-%d %H:%M:%S}" if stored else ""


def who(origin: Origin) -> str:
    """`ann@laptop`."""
    return one_line(f"{origin.user}@{origin.machine}" if origin.machine else origin.user)


def what(start: Start, longest: int = _LONGEST_WHAT) -> str:
    """What a job does, in a few words: its playbook's name, or the hosts and commands of `exec`."""
    if start.kind == "exec":
        return shortened(one_line(f"exec {start.pattern}: {'; '.join(start.commands)}"), longest)
    return shortened(one_line(Path(start.playbook).name), longest)


def _cells(job: ListedJob) -> Mapping[str, Line]:
    known = sum(job.hosts.values())
    hosts = states(job.hosts) if known else ((count(job.total_devices, "host"), ""),)
    return {
        "ID": ((one_line(job.id), "strong"),),
        "WHEN": ((when(job.started or job.created)[:16], ""),),
        "STATUS": ((job.status.value, job.status.value),),
        "PLAYBOOK": ((what(job.start), ""),),
        "HOSTS": hosts,
        "BATCHES": ((f"{job.batches_done}/{job.total_batches}", ""),),
        "WHO": ((who(job.origin), "dim"),),
    }


def _aligned(rows: Sequence[Mapping[str, Line]]) -> Iterator[Line]:
    room = {name: max(len(name), *(len(plain(row[name])) for row in rows)) for name in rows[0]} if rows else {}
    last = [*room][-1:]
    for row in ({name: ((name, "dim"),) for name in room}, *rows):
        pieces = [(*row[name], (" " * (room[name] - len(plain(row[name]))) + _GAP if [name] != last else "", "")) for name in room]
        yield tuple(piece for cell in pieces for piece in cell if piece[0])
