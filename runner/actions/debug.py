"""The action `debug`: shows a message or the value of an expression."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.arguments import ExpressionMark, text_or_mapping
from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.errors import InputError
from runner.platforms import Platform


class DebugArguments(BaseModel):
    """A message, or an expression."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    msg: Any = Field(default=None, description="What is shown: text, or any value.")
    var: Annotated[str | None, ExpressionMark()] = Field(default=None, description="Expression, without {{ }}, whose value is shown.")

    @model_validator(mode="before")
    @classmethod
    def _from_message(cls, value: Any) -> Any:
        return value if isinstance(value, dict | DebugArguments) else {"msg": value}

    @model_validator(mode="after")
    def _one_of_both(self) -> DebugArguments:
        if len(self.model_fields_set & {"msg", "var"}) != 1:
            raise ValueError("must have either `msg` or `var`")
        return self


class Debug:
    """Show a message or a value while the playbook runs.

    Text is shown as it is, any other value as JSON. `debug: TEXT` is short for `debug: {msg: TEXT}`.

    ```yaml
    - debug: "{{ host.name }} has {{ neighbours | length }} neighbours"
    - debug: {var: neighbours}
    ```
    """

    name: ClassVar[str] = "debug"
    arguments: ClassVar[type[BaseModel]] = DebugArguments
    needs_session: ClassVar[bool] = False
    short_form: ClassVar[str] = "msg"

    def writes(self, arguments: DebugArguments, platform: Platform) -> str:
        """Nothing is sent to a device."""
        return ""

    def run(self, arguments: DebugArguments, context: ActionContext) -> ActionResult:
        """Show it; an undefined variable fails the task."""
        try:
            value = arguments.msg if arguments.var is None else context.evaluate(arguments.var)
        except InputError as error:
            return ActionResult(failed=True, reason=f"'{arguments.var}' cannot be shown: {error.problems[0].message}", hint=error.hint)
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
        context.show(text, title=arguments.var or "")
        return ActionResult(results=(CommandResult(output=text, item=context.item),))
