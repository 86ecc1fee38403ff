"""Which names a host or group may have: they become file names, words of a pattern and lines on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 255


def name_problem(name: object, *, of_host: bool = True) -> str:
    """What is wrong with a name, as the end of the sentence "host name 'x' ..."; empty when nothing is.

    A group's name never becomes a file name, so that a slash in it does no harm.
    """
    if not isinstance(name, str):
        return "is a number or a word of YAML; write it in quotes"
    if not name.strip():
        return "is empty"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
        return "holds a control character or an invisible one"
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST:
        return f"is longer than {LONGEST} bytes"
    if of_host and any(character in "/\\" for character in name):
        return "holds a slash, which would lead its files elsewhere"
    if "," in name:
        return "holds a comma, which separates names in a pattern"
    if name != name.strip() or name.endswith("."):
        return "begins or ends with a space, or ends with a dot"
    return f"begins with '{name[0]}', which means something else in a pattern or on a command line" if name[0] in "-&!~@" else ""


def shown(name: object) -> str:
    """A name as it may stand in a message: in quotes, control characters escaped, not too long."""
    text = repr(name)
    return text if len(text) <= 60 else f"{text[:56]}...{text[-1]}"


def twins(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that differ only in case or in how Unicode writes them: the first and each later one."""
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(unicodedata.normalize("NFKC", name).casefold(), name)
        if first != name:
            yield first, name
