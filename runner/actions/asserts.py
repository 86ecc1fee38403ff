"""The action `assert`: fails the host when an expression does not hold."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from runner.arguments import ConditionMark
from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.errors import InputError
from runner.platforms import Platform


def _expressions(value: Any) -> Any:
    """One expression needs no list, and YAML's `true` is the expression of that name."""
    entries = value if isinstance(value, list | tuple) else [value]
    return [str(entry).lower() if isinstance(entry, bool) else entry for entry in entries]


def _not_empty(expressions: tuple[str, ...]) -> tuple[str, ...]:
    if not all(expression.strip() for expression in expressions) or not expressions:
        raise ValueError("is empty; write what must hold")
    return expressions


_ONE = [{"type": "string"}, {"type": "boolean"}]
_ONE_OR_MORE = {"anyOf": [*_ONE, {"type": "array", "items": {"anyOf": _ONE}, "minItems": 1}]}


class AssertArguments(BaseModel):
    """What must hold, and what is said then or else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    that: Annotated[
        tuple[str, ...], ConditionMark(), BeforeValidator(_expressions), AfterValidator(_not_empty), WithJsonSchema(_ONE_OR_MORE)
    ] = Field(description="Expression, or a list that must all hold, without {{ }}.")
    fail_msg: str | None = Field(default=None, description="The reason when one of them is false; default: the expression.")
    msg: str | None = Field(default=None, description="The same as `fail_msg`.")
    success_msg: str | None = Field(default=None, description="Shown when all of them hold.")

    @model_validator(mode="after")
    def _one_reason(self) -> AssertArguments:
        if self.fail_msg is not None and self.msg is not None:
            raise ValueError("has both `fail_msg` and `msg`, which mean the same; keep one")
        return self


class Assert:
    """Fail the host when an expression is false; the reason names the first one that is.

    ```yaml
    - assert:
        that:
          - neighbours | length >= 2
          - version.stdout[0] is search('15\\\\.2')
        fail_msg: "{{ host.name }} is not as it should be"
    ```
    """

    name: ClassVar[str] = "assert"
    arguments: ClassVar[type[BaseModel]] = AssertArguments
    needs_session: ClassVar[bool] = False

    def writes(self, arguments: AssertArguments, platform: Platform) -> str:
        """Nothing is sent to a device."""
        return ""

    def run(self, arguments: AssertArguments, context: ActionContext) -> ActionResult:
        """Evaluate the expressions until one is false."""
        for expression in arguments.that:
            try:
                holds = bool(context.evaluate(expression))
            except InputError as error:
                return ActionResult(failed=True, reason=f"'{expression}' cannot be decided: {error.problems[0].message}", hint=error.hint)
            if not holds:
                said = arguments.fail_msg or arguments.msg
                return ActionResult(failed=True, reason=f"{said} ('{expression}' is false)" if said else f"'{expression}' is false")
        if arguments.success_msg:
            context.show(arguments.success_msg)
        return ActionResult(results=(CommandResult(output=arguments.success_msg or "", item=context.item),))
