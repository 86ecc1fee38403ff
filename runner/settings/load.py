"""The settings of one run: six places read, the strongest wins, and each value knows where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner import crash_points
from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem
from runner.settings.credentials import Credential, read_credentials
from runner.settings.layers import Given, from_environment, from_file, from_flags
from runner.settings.options import Options, environment_name, expected
from runner.settings.project import PROJECT_FILE
from runner.settings.toml import TomlFile, read_toml

_NO_SETTINGS = frozenset({"NORNIR_PLAYBOOK_DEBUG", "NORNIR_PLAYBOOK_ACCESSIBLE", crash_points.VARIABLE})
"""Environment variables of ours that are for one process only: a traceback with internal errors, and no redrawn lines."""


class Rank(IntEnum):
    """Who said it; the higher one wins. What a playbook says stands between ENVIRONMENT and PROJECT."""

    DEFAULT = 0
    USER = 1
    PROJECT = 2
    ENVIRONMENT = 4
    FLAG = 5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, checked.

    Arguments:
        options: the values.
        project: the project's folder, if there is one.
        credentials: the named credentials of the user's own configuration.
        warnings: what was ignored, such as an environment variable that names no setting.
    """

    options: Options = field(default_factory=Options)
    project: Path | None = None
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    origins: Mapping[str, tuple[Rank, str]] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The value of a setting. Raises InputError for an unknown name, with the nearest."""
        if name not in Options.model_fields:
            raise InputError(f"unknown setting '{name}'", hint=did_you_mean(name, Options.model_fields))
        return getattr(self.options, name)

    def origin(self, name: str) -> str:
        """Where a value came from: `flag --batch-size`, `environment NORNIR_PLAYBOOK_BATCH_SIZE`, `FILE:LINE` or `default`."""
        return self.origins[name][1] if name in self.origins else "default"

    def rank(self, name: str) -> Rank:
        """Who said it."""
        return self.origins[name][0] if name in self.origins else Rank.DEFAULT

    def outranks_playbook(self, name: str) -> bool:
        """Whether the value was given by a flag or the environment, which a playbook's own keyword does not change."""
        return self.rank(name) >= Rank.ENVIRONMENT


def load_settings(
    *,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    project: Path | None = None,
    user_config: Path | None = None,
) -> Settings:
    """Read all places.

    Arguments:
        flags: values of the command line by setting name; None = not given.
        project: the project's folder, whose `nornir-playbook.toml` is read.
        user_config: the user's own `config.toml`; it alone may hold `[credentials.NAME]`.

    Raises:
        InputError: everything that is wrong in any of the places, each with its place.
    """
    reading = _Reading()
    own = reading.file(user_config)
    shared = reading.file(project / PROJECT_FILE if project else None)
    credentials = reading.credentials(own, shared)
    for file, rank in ((own, Rank.USER), (shared, Rank.PROJECT)):
        if file:
            reading.take(from_file(file, reading.problems), rank)
    reading.take(from_environment(environ), Rank.ENVIRONMENT)
    reading.take(from_flags(flags), Rank.FLAG)
    reading.require_known_hosts()
    if reading.problems:
        raise InputError(reading.problems)
    values = {"inventory": _default_inventory(project), **{name: given.value for name, (_, given) in reading.chosen.items()}}
    origins = {name: (rank, given.origin) for name, (rank, given) in reading.chosen.items()}
    warnings = tuple(_unknown_variables(environ))
    # Every value has been validated by itself; validating again would refuse none and could only change their form.
    options = Options.model_construct(**values)
    return Settings(options=options, project=project, credentials=credentials, warnings=warnings, origins=origins)


class _Reading:
    """What has been read so far: for each setting the strongest value, and all problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.chosen: dict[str, tuple[Rank, Given]] = {}

    def file(self, path: Path | None) -> TomlFile | None:
        try:
            return read_toml(path) if path else None
        except InputError as error:
            self.problems.extend(error.problems)
            return None

    def credentials(self, own: TomlFile | None, shared: TomlFile | None) -> Mapping[str, Credential]:
        if shared and "credentials" in shared.data:
            where = replace(shared.where(["credentials"]), text="")
            hint = "move [credentials.NAME] to your own configuration; an inventory then says `credential: NAME`"
            message = "a project cannot define credentials: they may run programs and read files"
            self.problems.append(Problem(message=message, where=where, hint=hint))
        credentials, problems = read_credentials(own) if own else ({}, [])
        self.problems.extend(problems)
        return credentials

    def take(self, given: Iterator[Given], rank: Rank) -> None:
        """Check each value by itself and let it replace a weaker one."""
        for each in given:
            try:
                checked = Options.model_validate({each.name: each.value}, strict=each.strict)
            except ValidationError as error:
                self.problems.append(each.problem(_message(each, error)))
            else:
                self.chosen[each.name] = (rank, each.with_value(getattr(checked, each.name)))

    def require_known_hosts(self) -> None:
        """A file of host keys that the user named must exist: a misspelt one would make every host unknown."""
        _, given = self.chosen.get("known_hosts", (None, None))
        if given and not given.value.is_file():
            self.problems.append(given.problem(f"{given.shown} names {given.value}, which is not there or is no file"))


def _message(given: Given, error: ValidationError) -> str:
    reason = error.errors()[0]
    own = reason.get("ctx", {}).get("error")
    if isinstance(own, ValueError):
        return f"{given.shown}: {own}"
    text = repr(given.value) if not isinstance(given.value, Path) else f"'{given.value}'"
    return f"{given.shown} is {text if len(text) <= 40 else text[:37] + '...'}; expected {expected(given.name)}"


def _default_inventory(project: Path | None) -> Path:
    """`./inventory`, or the project's where the current directory has none."""
    here = Path("inventory")
    return project / here if project and not here.is_dir() and (project / here).is_dir() else here


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[Problem]:
    known = {environment_name(name) for name in Options.model_fields} | _NO_SETTINGS
    for variable in sorted(environ):
        # click's completion is driven by variables of its own, such as _NORNIR_PLAYBOOK_COMPLETE.
        if variable.startswith("NORNIR_PLAYBOOK_") and variable not in known and "COMPLETE" not in variable:
            message = f"the environment variable {variable} names no setting and is ignored"
            yield Problem(message=message, hint=did_you_mean(variable, known))
