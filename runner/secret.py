"""An opaque value that shows itself to nobody by accident, and the redaction of text it may have slipped into."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import quote

MASK = "******"


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


class Redactor:
    """Masks known secrets, also base64 and URL encoded or escaped for JSON, in any text on its way to a reader.

    A secret of fewer than four characters would destroy the text around it and is not looked for; between four and
    seven characters it is masked only as a whole word.
    """

    SHORTEST = 4
    WHOLE_WORD_BELOW = 8

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = {secret.reveal() for secret in secrets}
        self.too_short = any(value and len(value) < self.SHORTEST for value in values)
        patterns: list[str] = []
        for value in sorted(values, key=len, reverse=True):
            if len(value) >= self.WHOLE_WORD_BELOW:
                forms = {value, quote(value, safe=""), base64.b64encode(value.encode()).decode().rstrip("=")}
                forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
                patterns.extend(re.escape(form) for form in sorted(forms, key=len, reverse=True))
            elif len(value) >= self.SHORTEST:
                patterns.append(rf"(?<!\w){re.escape(value)}(?!\w)")
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text
