"""Makes text from devices and users harmless on a terminal: what could steer or deceive is shown, not obeyed."""

from __future__ import annotations

import re

# Controls (C0 without newline and tab, DEL, C1), marks that turn the direction of text (Trojan Source, CVE-2021-42574),
# marks that nobody sees, line ends of Unicode, tag characters, and surrogates, which are bytes that were not UTF-8.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r+\n")


def escape(text: str) -> str:
    """The text with every harmful character in its escaped form (ESC is `\\x1b`); newline and tab stay.

    A carriage return in front of a newline is a line end, not an attempt to overwrite, and is dropped. A byte that was not UTF-8
    is shown as that byte. Backslashes are not doubled: the result is for reading, not for decoding.
    """
    return _HARMFUL.sub(_shown, _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """The text on one line: newlines are escaped too, so that no text can pass for a line of ours (F71); a tab is a blank."""
    return escape(text.strip()).replace("\n", "\\n").replace("\t", " ")


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x0D:
        return "\\r"
    if 0xDC80 <= code <= 0xDCFF:  # surrogateescape: U+DC80 stands for byte 0x80
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
