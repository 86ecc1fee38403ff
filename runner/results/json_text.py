"""Gives any value of a run its JSON text."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:
    """JSON, indented. Bytes of a device that are not UTF-8 stand as `\\udcXX`, so that the text always encodes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return text if text.isascii() or _encodes(text) else json.dumps(value, indent=2, default=str)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
