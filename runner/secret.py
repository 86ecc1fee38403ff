"""An opaque value that shows itself to nobody by accident, and the redaction of text it may have slipped into."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import NoReturn
from urllib.parse import quote

MASK = "******"

_MARKER = re.compile("\ue000[0-9a-f]{16}:([A-Za-z_][A-Za-z0-9_]*)\ue001")
_TRACES = re.compile("[\ue000\ue001]")


class Secret:
    """A password or key phrase. Only `reveal()` gives the text; `repr`, `str`, formatting and pickling do not."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself; called where it goes on the wire, and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied into a file")

    def __deepcopy__(self, memo: object) -> Secret:
        return self


def marker(nonce: str, name: str) -> str:
    """What stands for the secret variable `name` in rendered text: it goes into plans and records, the secret does not.

    `nonce` (16 hexadecimal digits, fresh for each play of a plan) keeps anybody else's text from being taken for a marker.
    """
    return f"\ue000{nonce}:{name}\ue001"


def holds_marker(text: str) -> bool:
    """Whether there is a marker in the text, or what is left of one that was cut."""
    return bool(_TRACES.search(text))


def markers_in(text: str) -> tuple[str, ...]:
    """The markers in the text, in their order."""
    return tuple(match[0] for match in _MARKER.finditer(text))


def without_markers(text: str) -> str:
    """The text as people may read it, each marker as `<secret NAME>`."""
    return _MARKER.sub(r"<secret \1>", text)


def reveal(text: str, secrets: Mapping[str, Secret]) -> str:
    """The text with every marker replaced by its secret.

    Arguments:
        secrets: by marker.

    Raises:
        ValueError: a marker that is unknown here, or was cut in pieces by what rendered the text.
    """
    revealed = _MARKER.sub(lambda match: secrets[match[0]].reveal() if match[0] in secrets else match[0], text)
    if _TRACES.search(_MARKER.sub("", text)) or any(match[0] not in secrets for match in _MARKER.finditer(text)):
        raise ValueError("a secret in it cannot be put in: its place was changed, or belongs to another host")
    return revealed


class Redactor:
    """Masks known secrets, also base64 and URL encoded or escaped for JSON, in any text on its way to a reader.

    Markers of secrets are masked too. A secret of fewer than four characters would destroy the text around it and is not looked
    for; between four and seven characters it is masked only as a whole word. Of a longer one its beginning is masked as well where
    the text was cut: from four characters on before an ellipsis, from eight on before a quote or the end of the text.
    """

    SHORTEST = 4
    WHOLE_WORD_BELOW = 8
    _CUT = re.compile("[.]{3}|\u2026")
    _FEW = 16
    _MAYBE_CUT = re.compile("""['"]|\\Z""")

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = {secret.reveal() for secret in secrets}
        self.too_short = any(value and len(value) < self.SHORTEST for value in values)
        patterns: list[str] = []
        self._begun: dict[str, list[str]] = {}
        whole: set[str] = set()
        for value in sorted(values, key=len, reverse=True):
            if len(value) >= self.WHOLE_WORD_BELOW:
                forms = {value, quote(value, safe=""), base64.b64encode(value.encode()).decode().rstrip("=")}
                forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
                patterns.extend(re.escape(form) for form in sorted(forms, key=len, reverse=True))
                for form in forms:
                    self._begun.setdefault(form[: self.SHORTEST], []).append(form)
            elif len(value) >= self.SHORTEST:
                whole.add(value)
                patterns.append(rf"(?<!\w){re.escape(value)}(?!\w)")
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._begins = re.compile("|".join(map(re.escape, sorted(self._begun)))) if self._begun else None
        self._signs = tuple(sorted({*self._begun, *whole}))  # a text without any of them holds no secret
        self._sign = re.compile("|".join(map(re.escape, self._signs))) if len(self._signs) > self._FEW else None

    def __call__(self, text: str) -> str:
        if "\ue000" in text:
            text = _MARKER.sub(MASK, text)
        return self._without_pieces(self._pattern.sub(MASK, text)) if self._pattern and self._may_hold_any(text) else text

    def _may_hold_any(self, text: str) -> bool:
        """Most texts hold no secret, and to search for a few words is much cheaper than the pattern."""
        if self._sign is not None:
            return self._sign.search(text) is not None
        return any(sign in text for sign in self._signs)

    def _without_pieces(self, text: str) -> str:
        """Masks what a cut has left of a secret."""
        places = [match.start() for match in self._begins.finditer(text)] if self._begins else []
        for start in reversed(places):
            forms = self._begun[text[start : start + self.SHORTEST]]
            end = start + max(_common(form, text[start : start + len(form)]) for form in forms)
            if self._CUT.match(text, end) or (end - start >= self.WHOLE_WORD_BELOW and self._MAYBE_CUT.match(text, end)):
                text = text[:start] + MASK + text[end:]
        return text


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    return next(
        (place for place, (first, second) in enumerate(zip(one, other, strict=False)) if first != second), min(len(one), len(other))
    )
