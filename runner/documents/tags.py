"""YAML tags (`!!str`, `!vault`): the few that name plain data are followed, all others are refused with advice."""

from __future__ import annotations

from typing import Any

from runner.documents.scalars import resolve

_STANDARD = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "null": "null"}
_HINTS = {
    "!vault": "write a secret as env:NAME or keyring:SERVICE/USER instead of an Ansible vault text",
    "!unsafe": "remove it; text is only a template where it holds {{ }} or {% %}, and {% raw %} keeps those as they are",
}


class BadTag(ValueError):
    """A tag that is not followed; the message is a sentence, `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar that carries a tag. Raises BadTag."""
    name = tag.removeprefix(_STANDARD)
    if name == "str":
        return text
    if tag == name or name not in _TYPES:
        raise unknown(tag)
    value = resolve(text)
    if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "bool"):
        raise BadTag(f"tag '!!{name}' stands before something that is not {_WORDS[name]}", "remove the tag")
    return float(value) if name == "float" and value is not None else value


def check_collection(tag: str, name: str) -> None:
    """Accept `!!map` before a mapping and `!!seq` before a list (`name`). Raises BadTag for any other."""
    if tag != _STANDARD + name:
        raise unknown(tag)


def unknown(tag: str) -> BadTag:
    """What is wrong with a tag that is none of ours."""
    shown = "!!" + tag.removeprefix(_STANDARD) if tag.startswith(_STANDARD) else tag
    if shown.startswith("!!python"):
        return BadTag(f"tag '{shown}' is refused: a file holds data and cannot make Python objects", "remove the tag")
    return BadTag(f"tag '{shown}' is not known", _HINTS.get(shown, "remove the tag; put the value in quotes to keep it as text"))
