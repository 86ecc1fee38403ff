"""Named credentials of the user's own configuration: where each value comes from, never the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from runner.documents.suggest import did_you_mean
from runner.errors import Problem
from runner.settings.toml import TomlFile

ProviderKind = Literal["cmd", "file", "env", "keyring", "text"]

_FORMS = '{ cmd = ["pass", "show", "lab"] }, { file = "~/.lab" }, { env = "LAB_PASSWORD" } or { keyring = "SERVICE/USER" }'
_ITEMS = ("username", "password", "secret")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Where one value comes from.

    Arguments:
        kind: `cmd` (first line that a program prints), `file` (its first line), `env`, `keyring`, or `text` (a user name as it stands).
        argument: the program and its arguments, or one entry: path, variable, SERVICE/USER, text.
    """

    kind: ProviderKind
    argument: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A named login. It may leave out any of its three values."""

    name: str
    values: Mapping[str, Provider] = field(default_factory=dict)
    origin: str = ""


def read_credentials(file: TomlFile) -> tuple[dict[str, Credential], list[Problem]]:
    """The `[credentials.NAME]` tables of a file and what is wrong with them. A problem never quotes a line of theirs."""
    problems: list[Problem] = []
    tables = file.data.get("credentials", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        return {}, [_problem(file, "'credentials' holds tables, one for each name", ["credentials"], "write [credentials.NAME]")]
    credentials = {}
    for name, table in tables.items():
        values = {}
        for item, value in table.items():
            keys = ["credentials", name, item]
            if item not in _ITEMS:
                hint = did_you_mean(item, _ITEMS) or f"known: {', '.join(_ITEMS)}"
                problems.append(_problem(file, f"unknown key '{item}' in credential '{name}'", keys, hint))
            elif (provider := _provider(item, value)) is None:
                message = f"the {item} of credential '{name}' does not say where it comes from"
                problems.append(_problem(file, message, keys, f"write {_FORMS}"))
            else:
                values[item] = provider
        where = file.where(["credentials", name])
        credentials[name] = Credential(name=name, values=values, origin=f"{where.file}:{where.line}")
    return credentials, problems


def _provider(item: str, value: Any) -> Provider | None:
    """The provider that a value describes; None when it describes none."""
    if isinstance(value, str) and value and item == "username":
        return Provider(kind="text", argument=(value,))
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [(kind, argument)] = value.items()
    if kind == "cmd":
        good = isinstance(argument, list) and argument and all(isinstance(part, str) for part in argument) and argument[0]
        return Provider(kind="cmd", argument=tuple(argument)) if good else None
    if kind in ("file", "env", "keyring") and isinstance(argument, str) and argument:
        return Provider(kind=kind, argument=(argument,)) if kind != "keyring" or argument.strip("/").count("/") else None
    return None


def _problem(file: TomlFile, message: str, keys: list[str], hint: str) -> Problem:
    return Problem(message=message, where=replace(file.where(keys), text=""), hint=hint)
