"""Secrets on their way to a device: markers become what they stand for at the first byte, and what comes back hides it again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.secret import MASK, Secret, reveal

_BETWEEN = r"(?:[\s\x08]|\x1b\[[0-?]*[ -/]*[@-~])*"
"""What a terminal may put into the middle of a text that it wraps or repaints."""
TRACE = 2
"""Characters of a secret at the edge of a text that was cut there from which on they are hidden."""
WHOLE_WORD_BELOW = 4
"""A shorter secret is hidden only as a whole word: else it would destroy the text around it."""


class Veil:
    """Knows the secrets that were sent over one session.

    Arguments:
        secrets: by marker.
    """

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        self._secrets = secrets
        self._sent: set[str] = set()
        self._patterns: tuple[re.Pattern[str], ...] = ()

    def lift(self, text: str) -> str:
        """The text with its secrets in it, to be written and compared with, and for nothing else.

        Raises ValueError: a marker that is unknown or damaged.
        """
        revealed = reveal(text, self._secrets)
        if revealed != text:
            self.hide({secret.reveal() for marker, secret in self._secrets.items() if marker in text})
        return revealed

    def hide(self, values: set[str]) -> None:
        """From now on hide these as well."""
        self._sent |= {value for value in values if value}
        self._patterns = tuple(re.compile(expression(value)) for value in sorted(self._sent, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text with every secret that was sent masked, also one that is cut at its beginning or its end."""
        if not self._sent:
            return text
        for pattern in self._patterns:
            text = pattern.sub(MASK, text)
        return _without_pieces(text, self._sent)

    def whole(self, text: str) -> str:
        """As calling it, for a text that nobody has cut."""
        for pattern in self._patterns:
            text = pattern.sub(MASK, text)
        return text


def _loosely(value: str) -> str:
    return _BETWEEN.join(rf"{re.escape(char)}(?:\r{re.escape(char)})?" for char in value if not char.isspace())


def expression(value: str) -> str:
    """A regular expression that finds a secret, however a terminal wraps or repaints it."""
    loose = _loosely(value)
    return rf"(?<!\w){loose}(?!\w)" if len(value) < WHOLE_WORD_BELOW else loose


def _without_pieces(text: str, values: set[str]) -> str:
    """A secret may be half in the text only, where what was received ended or what was kept began."""
    for value in sorted(values, key=len, reverse=True):
        for size in range(len(value) - 1, TRACE - 1, -1):
            text = re.sub(rf"{_loosely(value[:size])}{_BETWEEN}\Z", MASK, text) if value[:size].strip() else text
            text = re.sub(rf"\A{_BETWEEN}{_loosely(value[-size:])}", MASK, text) if value[-size:].strip() else text
    return text
