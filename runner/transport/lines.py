"""What a terminal session's text means: line ends, escape sequences, the line a prompt stands on, the echo of a command."""

from __future__ import annotations

import re
from collections.abc import Callable

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_=>78])")
_LINE_END = re.compile(r"\r+\n|\n\r(?!\n)")
_BLANKS = re.compile(r"\s+")
_BETWEEN = r"[\s\x08]*"

_QUESTION = re.compile(
    r"\[confirm\]|[\[(]y(?:es)?[/,|]\[?n(?:o)?\b|(?:password|passphrase)[^:\n]*:$|\?\s*(?:[\[(][^\])\n]*[\])])?:?$"
    r"|^(?:login|user ?name|[^:\n]{0,40}\bconfirm):$|^>$",  # a lone `>` is a shell that waits for the rest of a line
    re.IGNORECASE,
)
_PAGER = re.compile(r"-{2,}\s*\(?\s*more\b[^\n]*$|press any key[^\n]*$|lines \d+-\d+[^\n]*$", re.IGNORECASE)


def normal(text: str) -> str:
    """Line ends of any kind become newlines; nothing else changes."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def last_line(text: str) -> str:
    """The line the cursor is on, as a reader sees it: without escape sequences, what was overwritten, and blanks around it."""
    line = text.rpartition("\n")[2]
    if "\x1b" in line:
        line = _ESCAPES.sub("", line)
    return line.rstrip("\r \t\0").rpartition("\r")[2].strip()


def is_question(line: str) -> bool:
    """True when a line that has no end looks as if the device waits for an answer."""
    return bool(_QUESTION.search(line))


def is_pager(line: str) -> bool:
    """True when a line that has no end is the `--More--` of a pager."""
    return bool(_PAGER.search(line))


def beyond_prompts(text: str, prompt: str, is_noise: Callable[[str], bool] = lambda line: False) -> str:
    """What is left of `text` when empty lines, repetitions of the prompt and lines of noise are taken out."""
    lines = normal(text).split("\n")
    return "\n".join(line for line in lines if (seen := last_line(line)) not in ("", prompt) and not is_noise(seen.removeprefix(prompt)))


def before_noise(text: str, is_noise: Callable[[str], bool]) -> tuple[str, int]:
    """The line before the lines of noise in which `text` ends, and where it begins; empty when it does not end in noise."""
    lines = text.split("\n")
    noise = 0
    while lines and (not last_line(lines[-1]) or is_noise(last_line(lines[-1]))):
        noise += bool(last_line(lines.pop()))
    return (last_line(lines[-1]), len("\n".join(lines[:-1]))) if noise and lines else ("", len(text))


class Echo:
    """Finds the end of the device's echo of a command, which it may have wrapped, repainted, or put behind a prompt."""

    def __init__(self, command: str) -> None:
        words = _BLANKS.sub("", command)
        self._exact = command.strip()
        shown = [rf"{re.escape(char)}(?:\r{re.escape(char)})?" for char in words]  # bash writes the one it wraps at twice
        self._loose = re.compile(_BETWEEN.join(shown)) if words else None
        self.reach = 2 * len(command) + 2000

    def end(self, text: str) -> int | None:
        """Where the line behind the echo begins; None while the echo has not been seen whole. Only `reach` characters are looked at."""
        if self._loose is None:
            return 0
        span = self._span(text)
        newline = text.find("\n", span[1]) if span else -1
        return newline + 1 if newline >= 0 else None

    def before(self, text: str) -> str:
        """The whole lines before the one with the echo."""
        span = self._span(text) if self._loose else None
        return text[: text.rfind("\n", 0, span[0]) + 1] if span else ""

    def _span(self, text: str) -> tuple[int, int] | None:
        assert self._loose is not None  # noqa: S101  # checked by the caller
        start = text.find(self._exact, 0, self.reach)
        if start >= 0:
            return start, start + len(self._exact)
        match = self._loose.search(_ESCAPES.sub(lambda escape: "\x08" * len(escape.group()), text[: self.reach]))
        return match.span() if match else None
