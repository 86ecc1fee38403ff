"""A configuration of indented sections, as a device with such a one keeps it: lines stored, replaced and removed."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

SINGLE = (
    "hostname", "description", "ip address", "ipv4 address", "ip ospf cost", "ip ospf area", "ip domain name", "bandwidth", "mtu", "speed",
    "duplex", "router-id", "banner motd", "banner login", "banner exec", "cost", "enable secret", "enable password",
)  # fmt: skip
"""Settings with one value: a new line replaces the old one. Any other line is added beside its likes."""

Lines = dict[str, "Lines"]
Path = tuple[str, ...]
"""Section lines, outermost first; empty is the top."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change that a typed line means: a section entered, a line stored, or a line (and all that begin with its words) removed."""

    kind: Literal["enter", "set", "remove"]
    line: str
    section: Path = ()

    def on(self, tree: ConfigTree) -> None:
        """Make it."""
        if self.kind == "enter":
            tree.enter(*self.section, self.line)
        elif self.kind == "set":
            tree.set(self.line, self.section)
        else:
            tree.remove(self.line, self.section)


class ConfigTree:
    """Lines in order, each with the lines below it, to any depth. A line with newlines in it (a banner) is kept as it is."""

    def __init__(self, text: str) -> None:
        self._lines: Lines = {}
        open_ones: list[tuple[int, Lines]] = [(-1, self._lines)]
        for line in text.splitlines():
            if line.strip() in ("", "!", "end"):
                continue
            indent = len(line) - len(line.lstrip(" "))
            open_ones = [(depth, lines) for depth, lines in open_ones if depth < indent]
            open_ones.append((indent, open_ones[-1][1].setdefault(line.strip(), {})))

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return next((line.split()[1] for line in self._lines if line.startswith("hostname ")), "Router")

    def copy(self) -> ConfigTree:
        """An independent copy, for the saved configuration."""
        return deepcopy(self)

    def enter(self, *section: str) -> None:
        """Make sure that a section exists."""
        self._at(section)

    def below(self, *section: str) -> tuple[str, ...]:
        """The lines of a section; empty when there is none."""
        lines = self._lines
        for each in section:
            lines = lines.get(each, {})
        return tuple(lines)

    def sections(self, first_word: str) -> tuple[str, ...]:
        """Top-level lines that begin with this word."""
        return tuple(line for line in self._lines if line.split()[0] == first_word)

    def set(self, line: str, section: Path = ()) -> None:
        """Store a line, in a section or at the top; a single-valued setting replaces the line that held it."""
        line = line if "\n" in line else " ".join(line.split())
        lines, slot = self._at(section), _slot(line)
        old = [each for each in lines if slot and _goes_on(each, slot)]
        if line not in lines and old:
            kept = {line if each == old[0] else each: below for each, below in lines.items() if each not in old[1:]}
            lines.clear()
            lines.update(kept)
        lines.setdefault(line, {})

    def remove(self, line: str, section: Path = ()) -> None:
        """Remove a line, and every line that begins with its words."""
        line = " ".join(line.split())
        lines = self._at(section)
        for each in [each for each in lines if each == line or _goes_on(each, line)]:
            del lines[each]

    def is_shut(self, number: int) -> bool:
        """Whether the port of the cable with this number (from 1) is shut down, however the platform calls its ports."""
        port = re.compile(rf"interface \w*Ethernet(?:\d+/)*{number}")
        return any("shutdown" in below for line, below in self._lines.items() if port.fullmatch(line))

    def body(self) -> str:
        """The lines alone, every section, nested ones too, closed by a `!` of its own depth: the form of IOS-XR."""
        return "".join(f"{line}\n" for line in _rendered(self._lines, 0, 1, closed=True))

    def render(self, *, indent: int = 1) -> str:
        """The configuration as text, as IOS gives it: a `!` before every section."""
        parts: list[str] = []
        last = None
        for line, below in self._lines.items():
            if below or last is None or line.split()[0] != last:
                parts.append("!")
            parts += [line, *_rendered(below, indent, indent, closed=False)]
            last = line.split()[0]
        return "\n".join([*parts, "!", "end"]) + "\n"

    def __str__(self) -> str:
        return self.render()

    def _at(self, section: Path) -> Lines:
        lines = self._lines
        for each in section:
            lines = lines.setdefault(each, {})
        return lines


def _rendered(lines: Lines, indent: int, step: int, *, closed: bool) -> list[str]:
    parts = []
    for line, below in lines.items():
        parts += [" " * indent + line, *_rendered(below, indent + step, step, closed=closed)]
        parts += [" " * indent + "!"] if closed and below else []
    return parts


def _slot(line: str) -> str:
    """What a line with one value begins with; empty for any other line."""
    words = line.split()
    if words[0] == "username" and len(words) > 2:
        return f"username {words[1]}"
    return next((each for each in SINGLE if _goes_on(line, each)), "")


def _goes_on(line: str, words: str) -> bool:
    """Whether a line begins with these words and has more behind them, be it on its next line, as a banner of EOS."""
    return line.startswith((f"{words} ", f"{words}\n"))
