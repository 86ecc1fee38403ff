"""Turns the path a playbook asks for into file names that are safe: never outside the folder, and reversible."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 255
"""Bytes that one file name may have on the usual file systems."""

_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_names(path: str) -> tuple[str, ...]:
    """The folders and the file of a relative path, as safe names.

    What a shell, a terminal or another system could take for something else is percent-encoded: control, formatting and
    undecodable characters, a leading dash, dot or space, trailing dots and spaces, device names like `CON`, and `%` itself.
    `urllib.parse.unquote(name, errors="surrogateescape")` gives a name back.

    Raises:
        ValueError: the path is absolute, holds `..` or an empty part, names a folder, or has a name that is too long.
    """
    if path.startswith("/"):
        raise ValueError(f"the path {shown(path)} is absolute; write it relative to the output folder")
    if path.startswith("~"):
        raise ValueError(f"the path {shown(path)} begins with '~', which is not replaced here; write it relative to the output folder")
    parts = path.split("/")
    if parts[-1] in ("", "."):
        raise ValueError(f"the path {shown(path)} names no file; add a file name to it")
    return tuple(_safe(part, path) for part in parts if part != ".")


def _safe(part: str, path: str) -> str:
    if part == "..":
        raise ValueError(f"the path {shown(path)} leads out of the output folder; write it without '..'")
    if not part:
        raise ValueError(f"the path {shown(path)} has an empty part; is a variable in it empty?")
    trailing = len(part.rstrip(". "))
    reserved = part.split(".")[0].rstrip(" ").lower() in _RESERVED
    name = "".join(
        _encoded(character)
        if _unsafe(character) or position >= trailing or (position == 0 and (character in "-. " or reserved))
        else character
        for position, character in enumerate(part)
    )
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"the name {shown(part)} in the path has {len(name.encode())} bytes; {LONGEST_NAME} are possible")
    return name


def _unsafe(character: str) -> bool:
    return character == "%" or unicodedata.category(character) in _UNSAFE_CATEGORIES


def _encoded(character: str) -> str:
    undecodable = "\udc80" <= character <= "\udcff"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape" if undecodable else "surrogatepass"))


def shown(text: str, longest: int = 60) -> str:
    """Text for a message: in quotes, on one line, cut, nothing in it that a terminal would obey."""
    cut = text if len(text) <= longest else text[:longest] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + "'"
