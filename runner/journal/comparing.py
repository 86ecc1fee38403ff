"""Compares what two jobs were answered: the same task's and command's output of each host, line by line, equal changes together."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from fnmatch import fnmatch

from runner.journal.parts import HostRecord
from runner.journal.record import JobRecord
from runner.journal.spool import Stored
from runner.journal.volatile import Mask

Key = tuple[str, str, int]
"""Task, command, and which of several of the two it is on its host."""

_MOST_STEPS = 20_000_000
"""Lines of one text times lines of the other above which they are compared as sets: the exact way would take minutes."""

_AROUND = 2


@dataclass(kw_only=True)
class Change:
    """Hosts with the same change; `before` and `after` are the outputs of the first of them."""

    before: Stored
    after: Stored
    hosts: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Compared:
    """One command of one task: the hosts whose output is the same, the changes, fewest hosts first, and hosts with it in one job only."""

    task: str
    command: str
    same: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    only_before: list[str] = field(default_factory=list)
    only_after: list[str] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether any host differs."""
        return bool(self.changes or self.only_before or self.only_after)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What two jobs have in common and what not. Outputs stay in the spools of the two records."""

    commands: tuple[Compared, ...]
    hosts: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return bool(self.only_before or self.only_after or any(each.differs for each in self.commands))


def compare(before: JobRecord, after: JobRecord, mask: Mask, *, by_task: bool, command: str | None = None) -> Comparison:
    """Compare two records.

    Arguments:
        mask: how lines are compared.
        by_task: outputs belong together only when their tasks have the same name; False for jobs that are not of one playbook.
        command: only commands that this glob matches.
    """
    hosts = tuple(name for name in before.hosts if name in after.hosts)
    found: dict[Key, Compared] = {}
    changes: dict[Key, dict[str, Change]] = {}
    known: dict[tuple[bytes, bytes], str] = {}
    for host in hosts:
        old, new = (_outputs(record.hosts[host], by_task, command) for record in (before, after))
        for key in dict.fromkeys((*old, *new)):
            entry = found.setdefault(key, Compared(task=key[0], command=key[1]))
            if key not in old or key not in new:
                (entry.only_before if key in old else entry.only_after).append(host)
                continue
            pair = old[key].digest, new[key].digest
            if pair not in known:
                known[pair] = "" if pair[0] == pair[1] else _kind(host, [*changed(before, old[key], after, new[key], mask)])
            if not known[pair]:
                entry.same.append(host)
                continue
            change = changes.setdefault(key, {}).setdefault(known[pair], Change(before=old[key], after=new[key]))
            change.hosts.append(host)
    for key, several in changes.items():
        found[key].changes = sorted(several.values(), key=lambda change: len(change.hosts))
    return Comparison(
        commands=tuple(found.values()),
        hosts=hosts,
        only_before=tuple(name for name in before.hosts if name not in after.hosts),
        only_after=tuple(name for name in after.hosts if name not in before.hosts),
    )


def changed(before: JobRecord, old: Stored, after: JobRecord, new: Stored, mask: Mask) -> Iterator[str]:
    """The lines that differ, as in a unified diff: `-` for one that is gone, `+` for a new one, a blank for those around them, and
    `...` between places that are apart. Nothing where all lines are the same.
    """
    yield from differing(_lines(before, old), _lines(after, new), mask)


def differing(old: Sequence[str], new: Sequence[str], mask: Mask) -> Iterator[str]:
    """See `changed`. Only what is between the first and the last line that differ is masked: the rest is the same in any case."""
    start, end = _common(old, new)
    head = [line for line in map(mask, old[max(0, start - _AROUND) : start]) if line is not None]
    tail = [line for line in map(mask, old[len(old) - end :][:_AROUND]) if line is not None]
    one = [line for line in map(mask, old[start : len(old) - end]) if line is not None]
    two = [line for line in map(mask, new[start : len(new) - end]) if line is not None]
    if one == two:
        return
    if len(one) * len(two) > _MOST_STEPS:
        yield from _as_sets(one, two)
        return
    one, two = [*head, *one, *tail], [*head, *two, *tail]
    matcher = SequenceMatcher(None, one, two)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            yield "..."
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in one[i1:i2])
                continue
            yield from (f"-{line}" for line in one[i1:i2])
            yield from (f"+{line}" for line in two[j1:j2])


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and at the end."""
    shorter = min(len(old), len(new))
    start = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    end = next((place for place in range(shorter - start) if old[-1 - place] != new[-1 - place]), shorter - start)
    return start, end


def _as_sets(one: Sequence[str], two: Sequence[str]) -> Iterator[str]:
    gone, come = Counter(one), Counter(two)
    yield from (f"-{line}" for line in (gone - come).elements())
    yield from (f"+{line}" for line in (come - gone).elements())


def _lines(record: JobRecord, stored: Stored) -> list[str]:
    output: str = record.spool.read(stored)["output"]
    return output.replace("\r", "").strip("\n").split("\n")


def _outputs(host: HostRecord, by_task: bool, command: str | None) -> dict[Key, Stored]:
    """Of a task that was done again when the job went on, the later ones."""
    found: dict[Key, Stored] = {}
    for task in {(task.batch_number, task.index): task for task in host.tasks}.values():
        for stored in task.results:
            if command is None or fnmatch(stored.command, command):
                name = task.name if by_task or not stored.command else ""
                place = sum(key[:2] == (name, stored.command) for key in found)
                found[(name, stored.command, place)] = stored
    return found


def _kind(host: str, lines: Sequence[str]) -> str:
    """Equal for equal changes. What stands around them does not count, nor does the host's own name in them."""
    own = re.compile(rf"(?<![\w-]){re.escape(host)}(?![\w-])")
    text = "\n".join(own.sub("<host>", line) for line in lines if line[:1] in "-+")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if lines else ""
