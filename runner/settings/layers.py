"""The single settings that each place gives: flags, environment, a TOML file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.documents.suggest import did_you_mean
from runner.errors import Problem, Where
from runner.settings.options import IN_FILES_ONLY, PATHS, Options, environment_name
from runner.settings.toml import TomlFile

_INVENTORY_TABLE = {"path": "inventory", "plugin": "inventory_plugin", "options": "inventory_options"}


@dataclass(frozen=True, kw_only=True)
class Given:
    """One value that some place gives.

    Arguments:
        origin: the place, as `config show --origin` prints it.
        shown: how the place calls the setting, for messages (`--batch-size`).
        strict: its type must be right as it stands; False for texts of a command line or an environment.
    """

    name: str
    value: Any
    origin: str
    shown: str
    strict: bool = False
    where: Where | None = None

    def problem(self, message: str, *, hint: str = "") -> Problem:
        """A problem with this value."""
        return Problem(message=message, where=self.where, hint=hint)

    def with_value(self, value: Any) -> Given:
        """The same with another value."""
        return replace(self, value=value)


def from_flags(flags: Mapping[str, Any]) -> Iterator[Given]:
    """Settings of the command line; None = not given."""
    for name, value in flags.items():
        if value is not None:
            flag = f"--{name.replace('_', '-')}"
            yield Given(name=name, value=_path(name, value, Path()), origin=f"flag {flag}", shown=flag)


def from_environment(environ: Mapping[str, str]) -> Iterator[Given]:
    """Settings of the environment; an empty variable counts as not set."""
    for name in Options.model_fields:
        variable = environment_name(name)
        text = environ.get(variable, "")
        if text and name not in IN_FILES_ONLY:
            yield Given(name=name, value=_path(name, text, Path()), origin=f"environment {variable}", shown=variable)


def from_file(file: TomlFile, problems: list[Problem]) -> Iterator[Given]:
    """Settings of a TOML file; unknown keys go to `problems`."""
    for key, value in file.data.items():
        if key == "inventory" and isinstance(value, dict):
            yield from _inventory_table(file, value, problems)
        elif key in Options.model_fields:
            yield _given(file, key, (key,), value)
        elif key != "credentials":
            hint = did_you_mean(key, Options.model_fields) or "`config show` lists the settings"
            problems.append(file.problem(f"unknown setting '{key}'", [key], hint=hint))


def _inventory_table(file: TomlFile, table: Mapping[str, Any], problems: list[Problem]) -> Iterator[Given]:
    for key, value in table.items():
        if key in _INVENTORY_TABLE:
            yield _given(file, _INVENTORY_TABLE[key], ("inventory", key), value)
        else:
            hint = did_you_mean(key, _INVENTORY_TABLE) or f"known: {', '.join(_INVENTORY_TABLE)}"
            problems.append(file.problem(f"unknown key '{key}' in [inventory]", ["inventory", key], hint=hint))


def _given(file: TomlFile, name: str, keys: tuple[str, ...], value: Any) -> Given:
    where = file.where(keys)
    value = _path(name, value, file.path.parent)
    return Given(name=name, value=value, origin=f"{where.file}:{where.line}", shown=".".join(keys), strict=True, where=where)


def _path(name: str, value: Any, base: Path) -> Any:
    """A text that is a path, from the folder it is relative to; anything else as it is.

    Of a plugin's options those are paths whose names end in `_file`, as in Nornir's and nornir-utils' own plugins. A URL is no path.
    """
    if name == "inventory_options" and isinstance(value, dict):
        return {key: str(base / Path(each).expanduser()) if _is_file_option(key, each) else each for key, each in value.items()}
    is_path = name in PATHS and isinstance(value, str) and value and "://" not in value
    return base / Path(value).expanduser() if is_path else value


def _is_file_option(key: str, value: Any) -> bool:
    return key.endswith("_file") and isinstance(value, str) and value != ""
