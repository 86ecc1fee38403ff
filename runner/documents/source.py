"""Bytes of a file into text: the encodings that are accepted, and a located problem for everything else."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from runner.documents.excerpt import excerpt, split_lines
from runner.errors import InputError, Problem, Where

MAX_BYTES = 50_000_000
"""The largest file that is read."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def read_bytes(path: Path, *, shown: str) -> bytes:
    """The content of a file. `shown` names it in messages.

    Raises:
        InputError: there is no such file, it is not a regular file, not readable, or larger than MAX_BYTES.
    """
    start = Where(file=shown, line=1, column=1)
    try:
        if path.is_dir():
            raise InputError(Problem(message=f"'{shown}' is a folder, but a file is needed", hint="name a YAML file in it"))
        if path.exists() and not path.is_file():
            raise InputError(Problem(message=f"'{shown}' is not a regular file", hint="name a YAML file"))
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(Problem(message=f"there is no file '{shown}'", hint="check the name and the current folder")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(Problem(message=f"'{shown}' cannot be read: {reason}")) from None
    if len(content) > MAX_BYTES:
        raise InputError(Problem(message=f"the file is larger than {MAX_BYTES // 1_000_000} MB", where=start, hint="split it"))
    return content


def decode(content: bytes, *, file: str) -> str:
    """The text of a file: UTF-8, or UTF-16 that begins with its byte order mark; the mark itself is not part of the text.

    Raises:
        InputError: it is neither, or holds control characters.
    """
    start = Where(file=file, line=1, column=1)
    if content.startswith(_UTF32):
        raise InputError(Problem(message="the file is encoded in UTF-32", where=start, hint="save it as UTF-8"))
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise InputError(Problem(message="the file begins as UTF-16 but is not", where=start, hint="save it as UTF-8")) from None
        before = content[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise InputError(Problem(message=message, where=_at(file, before, len(before)), hint="save the file as UTF-8")) from None
    return check_text(text, file=file)


def check_text(text: str, *, file: str) -> str:
    """The text itself. Raises InputError for a control character, which YAML forbids; the first one is named."""
    found = _UNPRINTABLE.search(text)
    if not found:
        return text
    message = f"control character U+{ord(found[0]):04X} is not allowed in YAML"
    hint = f'remove it, or write it as "\\x{ord(found[0]):02x}" in double quotes' if ord(found[0]) < 256 else "remove it"
    if found[0] == "\0":
        hint = "this does not look like a text file; save it as UTF-8 text"
    raise InputError(Problem(message=message, where=_at(file, text, found.start()), hint=hint))


def _at(file: str, text: str, offset: int) -> Where:
    lines = split_lines(text)
    before = split_lines(text[:offset])
    index = len(before) - 1
    return Where(file=file, line=index + 1, column=len(before[-1]) + 1, text=excerpt(lines, index))
