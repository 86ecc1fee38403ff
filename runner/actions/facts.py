"""The action `set_fact`: gives a host variables that later tasks see."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.platforms import Platform
from runner.playbook.names import wrong_name


def _variable_name(name: str) -> str:
    if wrong := wrong_name(name):
        raise ValueError(wrong)
    return name


VariableName = Annotated[str, AfterValidator(_variable_name)]


def _not_empty(facts: dict[str, Any]) -> dict[str, Any]:
    if not facts:
        raise ValueError("names no variable; write a mapping of names and values")
    return facts


class SetFactArguments(RootModel[dict[str, Any]]):
    """Names of variables and their values."""

    model_config = ConfigDict(frozen=True)

    root: Annotated[dict[VariableName, Any], AfterValidator(_not_empty)] = Field(description="Mapping of names to values.")


class SetFact:
    """Give this host variables. Later tasks of the play see them; they end with the host's play.

    A value that is one template keeps its type: a list stays a list.

    ```yaml
    - set_fact:
        uplinks: "{{ neighbours | selectattr('priority', 'equalto', '1') | list }}"
        region: ams
    ```
    """

    name: ClassVar[str] = "set_fact"
    arguments: ClassVar[type[BaseModel]] = SetFactArguments
    needs_session: ClassVar[bool] = False

    def defines(self, raw: Any) -> Collection[str]:
        """The names of the variables, as written."""
        return frozenset(name for name in raw if isinstance(name, str)) if isinstance(raw, dict) else frozenset()

    def writes(self, arguments: SetFactArguments, platform: Platform) -> str:
        """Nothing is sent to a device."""
        return ""

    def run(self, arguments: SetFactArguments, context: ActionContext) -> ActionResult:
        """Hand the variables over."""
        return ActionResult(facts=dict(arguments.root), results=(CommandResult(parsed=dict(arguments.root), item=context.item),))
