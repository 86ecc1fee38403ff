"""A TOML file with the places of its keys, which Python's reader does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.errors import InputError, Problem, Where

_KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = re.compile(rf"\s*(?P<keys>{_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_TABLE = re.compile(rf"\s*\[\[?\s*(?P<keys>{_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_PLACE = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$")


@dataclass(frozen=True, kw_only=True)
class TomlFile:
    """A file that was read: `data` as tomllib gives it, `lines` of its text."""

    path: Path
    data: Mapping[str, Any]
    lines: Sequence[str]

    def where(self, keys: Sequence[str]) -> Where:
        """The place of a key, else of the first key in it, else of the nearest table around it, else the first line.

        It is found by a search through the lines, so that a text over several lines which looks like the key can mislead it.
        """
        best, found = 0, Where(file=str(self.path), line=1, column=1, text=self.lines[0] if self.lines else "")
        for number, column, path in self._keys():
            shared = min(len(path), len(keys))
            if shared > best and path[:shared] == tuple(keys[:shared]):
                best, found = shared, Where(file=str(self.path), line=number, column=column, text=self.lines[number - 1])
        return found

    def problem(self, message: str, keys: Sequence[str], *, hint: str = "") -> Problem:
        """A problem at a key."""
        return Problem(message=message, where=self.where(keys), hint=hint)

    def _keys(self) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.lines, start=1):
            header, assignment = _TABLE.match(line), _DOTTED.match(line)
            if header:
                table = _parts(header["keys"])
                yield number, header.start("keys") + 1, table
            elif assignment:
                yield number, assignment.start("keys") + 1, table + _parts(assignment["keys"])


def read_toml(path: Path) -> TomlFile | None:
    """Read a file; None when there is none. Raises InputError, with the place, when it cannot be read or is not TOML."""
    try:
        source = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    try:
        text = source.decode("utf-8")
        return TomlFile(path=path, data=tomllib.loads(text), lines=text.splitlines())
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax_problem(path, text, str(error))) from None


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    lines = text.splitlines() or [""]
    place = _PLACE.search(message)
    line = min(int(place["line"]), len(lines)) if place else len(lines)
    column = int(place["column"]) if place else len(lines[-1]) + 1
    # The line is not quoted: in the user's configuration it may hold what nobody else should read.
    where = Where(file=str(path), line=line, column=column)
    return Problem(message=f"not TOML: {_PLACE.sub('', message).removesuffix(' (at end of document)')}", where=where)


def _parts(keys: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, keys))
