"""Named credentials of the user's own configuration: where each value comes from, never the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from runner.documents.suggest import did_you_mean
from runner.errors import Problem
from runner.settings.toml import TomlFile

ProviderKind = Literal["cmd", "file", "env", "keyring", "text"]

_FORMS = '{ cmd = ["pass", "show", "lab"] }, { file = "~/.lab" }, { env = "LAB_PASSWORD" } or { keyring = "SERVICE/USER" }'
_PROVIDED = ("username", "password", "secret", "passphrase")
_ITEMS = (*_PROVIDED, "key_file", "agent")


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
    """A named login. It may leave out any of its values.

    Arguments:
        values: where `username`, `password`, `secret` and `passphrase` come from.
        key_file: private key to log in with; `passphrase` opens it.
        agent: keys of the user's SSH agent may be offered.
    """

    name: str
    values: Mapping[str, Provider] = field(default_factory=dict)
    key_file: Path | None = None
    agent: bool = False
    origin: str = ""

    @property
    def has_key(self) -> bool:
        """Whether it says how to log in by key."""
        return self.agent or self.key_file is not None


def read_credentials(file: TomlFile) -> tuple[dict[str, Credential], list[Problem]]:
    """The `[credentials.NAME]` tables of a file and what is wrong with them. A problem never quotes a line of theirs."""
    problems: list[Problem] = []
    tables = file.data.get("credentials", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        return {}, [_problem(file, "'credentials' holds tables, one for each name", ["credentials"], "write [credentials.NAME]")]
    credentials = {}
    for name, table in tables.items():
        problems += _check(file, name, table)
        where = file.where(["credentials", name])
        values = {item: provider for item in _PROVIDED if (provider := _provider(item, table.get(item)))}
        credentials[name] = Credential(
            name=name,
            values=values,
            key_file=_key_file(file, table.get("key_file")),
            agent=table.get("agent") is True,
            origin=f"{where.file}:{where.line}",
        )
    return credentials, problems


def _check(file: TomlFile, name: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    for item, value in table.items():
        keys = ["credentials", name, item]
        if item not in _ITEMS:
            hint = did_you_mean(item, _ITEMS) or f"known: {', '.join(_ITEMS)}"
            yield _problem(file, f"unknown key '{item}' in credential '{name}'", keys, hint)
        elif item == "agent":
            if not isinstance(value, bool):
                yield _problem(file, f"the agent of credential '{name}' must be true or false", keys, "write it without quotes")
        elif item == "key_file":
            if _key_file(file, value) is None:
                hint = 'write the name of the private key, as key_file = "~/.ssh/id_ed25519"'
                yield _problem(file, f"the key_file of credential '{name}' is no name of a file", keys, hint)
        elif _provider(item, value) is None:
            yield _problem(file, f"the {item} of credential '{name}' does not say where it comes from", keys, f"write {_FORMS}")
    if "passphrase" in table and "key_file" not in table:
        keys = ["credentials", name, "passphrase"]
        yield _problem(file, f"credential '{name}' has a passphrase and no key_file that it would open", keys, "add key_file")


def _key_file(file: TomlFile, value: Any) -> Path | None:
    """A private key's path, from the folder of the configuration where it is relative; None when the value is no path."""
    if not isinstance(value, str) or not value or "\0" in value:
        return None
    try:
        return file.path.parent / Path(value).expanduser()
    except RuntimeError:  # ~somebody who is not known here
        return file.path.parent / value


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
