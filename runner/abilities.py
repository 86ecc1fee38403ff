"""What an action may know beside what every action must: planning and execution look for these methods and do without."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from runner.platforms import Platform


@runtime_checkable
class DefinesFacts(Protocol):
    """An action that gives the host variables (`set_fact`), so that planning knows their names."""

    def defines(self, raw: Any) -> Collection[str]:
        """The names of the variables that these arguments, as written, will define."""


@runtime_checkable
class HasShortForm(Protocol):
    """An action or result handler that may be written with a text alone: `debug: TEXT` is `debug: {msg: TEXT}`.

    What stands in the playbook decides, not what a template in it gives: a variable that is a mapping stays a value.
    """

    short_form: ClassVar[str]


@runtime_checkable
class KnowsPlatforms(Protocol):
    """An action that not every platform can do (`save_config`, `config`), so that planning refuses it before anything is touched."""

    def unsupported(self, arguments: Any, platform: Platform) -> str:
        """Why this platform cannot do it, as a sentence; empty when it can."""


@runtime_checkable
class ChoosesConnection(Protocol):
    """An action whose arguments decide what it talks through (`nornir_task`); it goes before the class's `needs_session`."""

    def connection(self, arguments: Any) -> str:
        """`netmiko` for the guarded session, empty for none, else the name of a Nornir connection plugin, which is not guarded."""


@runtime_checkable
class ListsLines(Protocol):
    """A writing action that knows beforehand what it will send, for the record of the intent and for the plan."""

    def lines(self, arguments: Any) -> tuple[str, ...]:
        """The lines in the order they will be sent, with markers for secrets."""


@runtime_checkable
class AsksPerson(Protocol):
    """An action that may wait for a person's answer (`pause`), so that planning refuses it where nobody can answer."""

    def asks(self, arguments: Any) -> bool:
        """Whether these arguments need an answer."""


@runtime_checkable
class Judges(Protocol):
    """A result handler whose verdict decides about the host (`expect`): when it cannot judge, for whatever reason, the host failed."""

    judges: ClassVar[bool]


@runtime_checkable
class NamesCode(Protocol):
    """An action or result handler whose arguments name code of the user's (`python`), so that planning finds out whether it is there."""

    def check_code(self, arguments: Any, root: Path) -> None:
        """Load what they name; `root` is the project's folder. Raises InputError when it is not there, or cannot be called so."""
