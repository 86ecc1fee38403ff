"""A configuration of indented sections, as a device with such a one keeps it: lines stored, replaced and removed."""

from __future__ import annotations

from copy import deepcopy

SINGLE = (
    "hostname", "description", "ip address", "ip ospf cost", "ip domain name", "bandwidth", "mtu", "speed", "duplex", "router-id",
    "banner motd",
)  # fmt: skip
"""Settings with one value: a new line replaces the old one. Any other line is added beside its likes."""


class ConfigTree:
    """Top-level lines in order, each with the lines below it."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, list[str]] = {}
        section = ""
        for line in text.splitlines():
            if line.startswith(" "):
                self._lines[section].append(line.strip())
            elif line.strip() not in ("", "!", "end"):
                section = line.strip()
                self._lines[section] = []

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return next((line.split()[1] for line in self._lines if line.startswith("hostname ")), "Router")

    def copy(self) -> ConfigTree:
        """An independent copy, for the saved configuration."""
        return deepcopy(self)

    def enter(self, section: str) -> None:
        """Make sure that a section exists."""
        self._lines.setdefault(section, [])

    def below(self, section: str) -> tuple[str, ...]:
        """The lines of a section; empty when there is none."""
        return tuple(self._lines.get(section, ()))

    def sections(self, first_word: str) -> tuple[str, ...]:
        """Top-level lines that begin with this word."""
        return tuple(line for line in self._lines if line.split()[0] == first_word)

    def set(self, line: str, section: str | None = None) -> None:
        """Store a line, in a section or at the top; a single-valued setting replaces the line that held it."""
        line = " ".join(line.split())
        prefix = next((f"{words} " for words in SINGLE if line.startswith(f"{words} ")), None)
        if section is not None:
            lines = self._lines.setdefault(section, [])
            old = [each for each in lines if prefix and each.startswith(prefix)]
            self._lines[section] = [line if each in old[:1] else each for each in lines if each not in old[1:]]
            if not old and line not in lines:
                self._lines[section].append(line)
            return
        old_top = next((each for each in self._lines if prefix and each.startswith(prefix)), None)
        if old_top is not None:
            self._lines = {line if each == old_top else each: below for each, below in self._lines.items()}
        self._lines.setdefault(line, [])

    def remove(self, line: str, section: str | None = None) -> None:
        """Remove a line, and every line that begins with its words."""
        line = " ".join(line.split())

        def gone(each: str) -> bool:
            return each == line or each.startswith(f"{line} ")

        if section is None:
            self._lines = {each: below for each, below in self._lines.items() if not gone(each)}
        else:
            self._lines[section] = [each for each in self._lines.get(section, []) if not gone(each)]

    def __str__(self) -> str:
        parts = []
        last = None
        for line, below in self._lines.items():
            if below or last is None or line.split()[0] != last:
                parts.append("!")
            parts += [line, *(f" {each}" for each in below)]
            last = line.split()[0]
        return "\n".join([*parts, "!", "end"]) + "\n"
