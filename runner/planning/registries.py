"""Which actions and result handlers exist: entry points by name, loaded only when a playbook uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar, cast

from runner.abilities import HasShortForm
from runner.contracts import Action, ResultHandler
from runner.errors import InputError

Plugin = TypeVar("Plugin")

ACTIONS_GROUP = "runner.actions"
HANDLERS_GROUP = "runner.result_handlers"


class Registry(Generic[Plugin]):
    """Names and their plugins. A plugin is imported when it is first asked for, so a broken one hurts only those who use it.

    Arguments:
        kind: what messages call an entry, for example "action".
        found: entry points; where two distributions give one name, the first found is kept.
    """

    def __init__(self, kind: str, found: Iterable[EntryPoint]) -> None:
        self._kind = kind
        self._found: dict[str, EntryPoint] = {}
        for entry in found:
            self._found.setdefault(entry.name, entry)
        self._loaded: dict[str, Plugin] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._found))

    def get(self, name: str) -> Plugin:
        """The plugin of that name, made once.

        Raises:
            InputError: there is none, or importing it fails; the message names the module and the cause.
        """
        if name not in self._loaded:
            if name not in self._found:
                raise InputError(f"there is no {self._kind} '{name}'", hint=f"known: {', '.join(self.names)}")
            entry = self._found[name]
            try:
                self._loaded[name] = cast(type[Plugin], entry.load())()
            except Exception as error:
                raise InputError(
                    f"the {self._kind} '{name}' cannot be loaded from {entry.value}: {type(error).__name__}: {error}",
                    hint="the plugin or something it imports is broken; mend or uninstall it",
                ) from error
        return self._loaded[name]

    def items(self) -> Mapping[str, Plugin]:
        """All plugins by name; loads every one."""
        return {name: self.get(name) for name in self.names}


class Registries:
    """The two registries a run needs. Plain dictionaries of plugins can be given for tests and embedding programs."""

    def __init__(self) -> None:
        self.actions: Registry[Action] = Registry("action", entry_points(group=ACTIONS_GROUP))
        self.handlers: Registry[ResultHandler] = Registry("result handler", entry_points(group=HANDLERS_GROUP))


def spelled_out(plugin: Action | ResultHandler, written: Any) -> Any:
    """The arguments as written, with a text alone put under the name it is short for."""
    return {plugin.short_form: written} if isinstance(written, str) and isinstance(plugin, HasShortForm) else written


def arguments_of(plugin: Action | ResultHandler, value: Any) -> Any:
    """The validated arguments of a plugin from what stands in the playbook, templates already rendered.

    Raises:
        pydantic.ValidationError: the value does not fit.
    """
    return plugin.arguments.model_validate({} if value is None else value)
