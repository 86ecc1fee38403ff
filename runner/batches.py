"""Batch arithmetic: which hosts go together, from a batch size as a user writes it.

A batch size is a number of hosts, a percentage, or a list of both (a ramp). The meaning is Ansible's ``serial``:
entry i of a list sizes batch i and the last entry repeats until the hosts run out; ``"N%"`` is N percent of *all* hosts
of the play, rounded down, and at least one host; 0 is all remaining hosts. Where Ansible crashes or guesses, an error is raised here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

DEFAULT = 10
"""The batch size where nobody has said one: a number of hosts, and so of sessions."""

_NUMBER = re.compile(r"(?P<number>[0-9]{1,9})(?P<percent>%?)")
_EXPECTED = "write a number of hosts such as 10, a whole percentage such as 25%, a list of both, or 0 for all hosts at once"


@dataclass(frozen=True, kw_only=True)
class BatchSpec:
    """A checked batch size; make one with `parse_batch_size`.

    ``entries`` are numbers of hosts (0 = all remaining) and percentages such as ``"25%"``, at least one.
    """

    entries: tuple[int | str, ...]
    is_list: bool = False

    @property
    def as_written(self) -> int | str | list[int | str]:
        """The batch size in the shape the user gave it, for records and messages."""
        return list(self.entries) if self.is_list else self.entries[0]

    def __str__(self) -> str:
        return ",".join(str(entry) for entry in self.entries)


@dataclass(frozen=True, kw_only=True)
class BatchStarted:
    """Batch ``number`` of ``total`` (counted from 1) is about to start; ``hosts`` are its host names in order."""

    number: int
    total: int
    hosts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BatchFinished:
    """Every host of the batch that was started has ended and its connections have been closed.

    ``results`` maps host name to what the host gave, in the order of ``hosts``; a host that is missing there was never
    started or, when ``interrupted``, was cut off before its task had ended.
    """

    number: int
    total: int
    hosts: tuple[str, ...]
    results: Mapping[str, Any]
    interrupted: bool = False


def parse_batch_size(value: object) -> BatchSpec:
    """Check a batch size from a playbook, a settings file or a Python caller.

    Raises ValueError, one sentence for a person, for anything but a number of hosts, a whole percentage or a list of both.
    """
    if isinstance(value, BatchSpec):
        return value
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError(f"batch size is an empty list; {_EXPECTED}")
        return BatchSpec(entries=tuple(_entry(item) for item in value), is_list=True)
    return BatchSpec(entries=(_entry(value),))


def parse_batch_size_text(text: str) -> BatchSpec:
    """Check a batch size from a command line or the environment: ``"10"``, ``"25%"``, or a ramp ``"1,5,25%"``.

    Raises ValueError as `parse_batch_size` does.
    """
    return parse_batch_size(text.split(",") if "," in text else text)


def in_words(size: int | str | Sequence[int | str]) -> str:
    """A batch size as written, for people: 0 is no number of hosts to them."""
    entries = [size] if isinstance(size, int | str) else list(size)
    if 0 not in entries:
        return f"batch size {','.join(map(str, entries))}"
    before = ",".join(map(str, entries[: entries.index(0)]))
    return f"batch size {before}, then all hosts" if before else "batch size: all hosts"


def split(hosts: Sequence[T], spec: BatchSpec) -> tuple[tuple[T, ...], ...]:
    """The batches: every host exactly once, in the order given, no batch empty."""
    batches = []
    start = 0
    for size in _sizes(len(hosts), spec):
        batches.append(tuple(hosts[start : start + size]))
        start += size
    return tuple(batches)


def largest(total: int, spec: BatchSpec) -> int:
    """The size of the largest batch that ``total`` hosts give, which is the ceiling on open sessions."""
    return max(_sizes(total, spec), default=0)


def _sizes(total: int, spec: BatchSpec) -> Iterator[int]:
    """The size of each batch, until ``total`` hosts are used up."""
    left, number = total, 0
    while left:
        entry = spec.entries[min(number, len(spec.entries) - 1)]
        size = min(_hosts_in(entry, total) or left, left)
        yield size
        left, number = left - size, number + 1


def _hosts_in(entry: int | str, total: int) -> int:
    if isinstance(entry, int):
        return entry
    return max(1, int(entry.removesuffix("%")) * total // 100)


def _entry(value: object) -> int | str:
    """One number or percentage in its plain form (``"10"`` becomes 10, ``"025%"`` becomes ``"25%"``), or a ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    if match and not match["percent"]:
        return int(match["number"])
    if match and int(match["number"]) > 0:
        return f"{int(match['number'])}%"
    raise ValueError(f"batch size {_shown(value)} {_problem(value)}; {_EXPECTED}")


def _problem(value: object) -> str:
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return "is not a number of hosts or a percentage"
    text = str(value).strip()
    if text.startswith("-"):
        return "is negative"
    if text.endswith("%"):
        return "is not a whole percentage of at least 1%"
    return "is not a whole number" if isinstance(value, float) else "is not a number of hosts or a percentage"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
