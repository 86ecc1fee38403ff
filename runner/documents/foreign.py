"""YAML as other programs write it, version 1.1 with Ansible's tags: only for converting it into ours."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import yaml

from runner.documents.compose import MAX_DEPTH, MAX_VALUES, PARSERS_LIMIT
from runner.documents.source import decode, read_bytes
from runner.documents.syntax import explain
from runner.errors import InputError, Problem, Where

VAULT_FILE = "$ANSIBLE_VAULT"
"""How a file begins that Ansible has encrypted as a whole."""

_DEEP = "it is nested too deeply"
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Sealed:
    """Stands for a value that only Ansible's vault can open."""

    def __repr__(self) -> str:
        return "Sealed()"


class Located(dict[Any, Any]):
    """A mapping that knows the lines of its keys, counted from 1."""

    lines: dict[Any, int]


class _Loader(_BASE):  # type: ignore[misc]  # which of PyYAML's two loaders it is depends on how PyYAML was built
    """PyYAML's safe loader, and Ansible's two tags."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Any:
    data = Located()
    data.lines = {}
    yield data
    loader.flatten_mapping(node)
    data.update(loader.construct_mapping(node))
    data.lines.update({loader.construct_object(key): key.start_mark.line + 1 for key, _ in node.value})


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("!vault", lambda loader, node: Sealed())
_Loader.add_constructor("!vault-encrypted", lambda loader, node: Sealed())
_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def read_text(path: Path) -> str:
    """The text of a file. Raises InputError: it cannot be read, or is no UTF-8 text."""
    return decode(read_bytes(path, shown=str(path)), file=str(path))


def parse_foreign(text: str, *, file: str) -> Any:
    """The data of the only document in a text; its mappings are `Located`. None for an empty one.

    Raises InputError: it is no YAML, nested too deeply, or holds too much.
    """
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  # a subclass of the safe loader
        values, depth = _measured(data, {})
    except yaml.YAMLError as error:
        if PARSERS_LIMIT in str(error):
            raise _unreadable(file, _DEEP) from None
        mark = getattr(error, "problem_mark", None)
        where = Where(file=file, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1)
        raise InputError(Problem(message=explain(error, text.splitlines()).message, where=where)) from None
    except (RecursionError, ValueError) as error:
        raise _unreadable(file, _DEEP if isinstance(error, RecursionError) else str(error)) from None
    if values > MAX_VALUES:
        raise InputError(f"{file} holds more than {MAX_VALUES:,} values once its aliases are followed")
    if depth > MAX_DEPTH:
        raise _unreadable(file, _DEEP)
    return data


def _unreadable(file: str, why: str) -> InputError:
    return InputError(f"{file} cannot be read as YAML: {why}")


def _measured(value: Any, known: dict[int, tuple[float, float]]) -> tuple[float, float]:
    """How many values there are and how deep they are nested, with aliases followed; infinite for one that holds itself."""
    if not isinstance(value, dict | list | tuple | set):
        return 1, 0
    if id(value) not in known:
        known[id(value)] = float("inf"), float("inf")
        inner = [_measured(each, known) for each in (value.values() if isinstance(value, dict) else value)]
        known[id(value)] = 1 + sum(values for values, _ in inner), 1 + max((depth for _, depth in inner), default=0)
    return known[id(value)]


def plain(value: Any) -> Any:
    """The value in the types of our own documents: dates and sets become text and lists, keys text or numbers; sealed values None."""
    if isinstance(value, dict):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return None if isinstance(value, Sealed) else value


def has_sealed(value: Any) -> bool:
    """Whether something in the value is sealed."""
    if isinstance(value, dict):
        return any(map(has_sealed, value.values()))
    return any(map(has_sealed, value)) if isinstance(value, list | tuple) else isinstance(value, Sealed)


def _key(key: Any) -> str | int:
    return key if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)) else str(key)
