"""URLs as settings hold them, told without the password that may be in one."""

from __future__ import annotations

import re

_USER = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^:@/?#\s]*:)[^@/?#\s]+(?=@)", re.IGNORECASE)
_QUERY = re.compile(r"(?P<before>[?&](?:ssl)?password=)[^&#\s]+", re.IGNORECASE)


def without_password(text: str) -> str:
    """The text with the password of every URL in it masked."""
    return _QUERY.sub(r"\g<before>***", _USER.sub(r"\g<before>***", text))
