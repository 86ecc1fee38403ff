"""Which lines are prompts: the one that is pinned, those of configuration mode, and those that may be one under another name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Protocol

from runner.platforms import Configuration

TRUNCATED = 16
"""Characters of a name from which on a device may have shortened it in the prompts of configuration mode (IOS does)."""
LONGEST = 200
_TERMINATORS = "#>$%]"


class Ends(Protocol):
    """Tells the lines that end an answer from all others."""

    def is_known(self, line: str) -> bool:
        """A prompt, once the device says no more."""

    def is_possible(self, line: str) -> bool:
        """A prompt if pressing return gives the same line again."""

    def stands_behind(self, line: str) -> bool:
        """A prompt behind output that has no end of line of its own."""


@dataclass(frozen=True)
class Pinned:
    """One prompt and no other."""

    prompt: str

    def is_known(self, line: str) -> bool:
        """See Ends."""
        return line == self.prompt

    def is_possible(self, line: str) -> bool:
        """See Ends."""
        return False

    def stands_behind(self, line: str) -> bool:
        """See Ends."""
        return line != self.prompt and line.endswith(self.prompt)


@dataclass(frozen=True, kw_only=True)
class Modes:
    """The prompts of a session that goes into configuration mode and out of it.

    Arguments:
        outside: the pinned prompt; more than one once the device has another name, for both may be right.
        inside: the prompt of configuration mode that was seen last; empty while none was.
        pattern: see Configuration.prompt.
    """

    outside: tuple[str, ...]
    inside: str = ""
    pattern: str = ""
    _shape: re.Pattern[str] | None = field(init=False, default=None, compare=False)

    def __post_init__(self) -> None:
        if self.pattern:
            object.__setattr__(self, "_shape", re.compile(self.pattern.format(name=r"(?P<name>\S{1,80}?)")))

    @classmethod
    def of(cls, prompt: str, how: Configuration) -> Modes:
        """Before configuration mode, at this prompt."""
        return cls(outside=(prompt,), pattern=how.prompt)

    def is_outside(self, line: str) -> bool:
        """Whether it is the prompt outside."""
        return line in self.outside

    def is_inside(self, line: str) -> bool:
        """Whether it is a prompt of configuration mode, on a device of this name."""
        if line == self.inside != "":
            return True
        name = self._name(line)
        return name is not None and any(_is_same(name, prompt[:-1]) for prompt in self.outside)

    def is_known(self, line: str) -> bool:
        """See Ends."""
        return bool(line) and (self.is_outside(line) or self.is_inside(line))

    def is_possible(self, line: str) -> bool:
        """See Ends."""
        if not 1 < len(line) <= LONGEST:
            return False
        if self._shape is not None:
            return self._name(line) is not None or _alike(line, self.outside[0])
        if not self.inside:  # the first one is being learned
            return line[-1] in _TERMINATORS
        return _alike(line, self.inside) or _alike(line, self.outside[0])

    def stands_behind(self, line: str) -> bool:
        """See Ends."""
        return not self.is_known(line) and line.endswith(tuple(prompt for prompt in (*self.outside, self.inside) if prompt))

    def seen(self, line: str) -> Modes:
        """As the device stands at this prompt now; under another name, the prompt outside is another one too."""
        if self.is_outside(line):
            return self
        name = self._name(line)
        learning = self._shape is None and not self.inside  # the first prompt that is not the one outside is the one inside
        if name is None and not learning and _alike(line, self.outside[0]) and not _alike(line, self.inside):
            return replace(self, outside=(line,))
        if name is None or any(_is_same(name, prompt[:-1]) for prompt in self.outside):
            return replace(self, inside=line)
        return replace(self, inside=line, outside=(name + self.outside[0][-1], *self.outside))

    def _name(self, line: str) -> str | None:
        match = self._shape.fullmatch(line) if self._shape else None
        return match.groupdict().get("name") if match else None


def _is_same(name: str, known: str) -> bool:
    return name == known or (len(name) >= TRUNCATED and known.startswith(name))


def _alike(line: str, prompt: str) -> bool:
    """Two prompts of the same kind: they end in the same character and have as many words."""
    return bool(prompt) and line[-1:] == prompt[-1:] and len(line.split()) == len(prompt.split())
