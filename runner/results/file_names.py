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
        ValueError: the path is absolute, holds `..` or an empty part, names no file, or has a name that is too long. The text
            says what is wrong as a clause behind the argument's name, as the messages of all argument models do.
    """
    if path.startswith("/"):
        raise ValueError(f"must be relative to the output folder, and {shown(path)} is absolute")
    if path.startswith("~"):
        raise ValueError(f"must be relative to the output folder; the '~' of {shown(path)} is not replaced")
    parts = path.split("/")
    if parts[-1] in ("", "."):
        raise ValueError(f"names no file: {shown(path)}; add a file name")
    return tuple(_safe(part, path) for part in parts if part != ".")


def _safe(part: str, path: str) -> str:
    if part == "..":
        raise ValueError(f"leads out of the output folder: {shown(path)}; write it without '..'")
    if not part:
        raise ValueError(f"has an empty part: {shown(path)}; is a variable in it empty?")
    trailing = len(part.rstrip(". "))
    reserved = part.split(".")[0].rstrip(" ").lower() in _RESERVED
    name = "".join(
        _encoded(character)
        if _unsafe(character) or position >= trailing or (position == 0 and (character in "-. " or reserved))
        else character
        for position, character in enumerate(part)
    )
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"holds the name {shown(part)} of {len(name.encode())} bytes; {LONGEST_NAME} are possible")
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
