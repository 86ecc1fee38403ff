"""The result handler `print`: shows a command's output, or a text made from it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.arguments import text_or_mapping
from runner.contracts import HandlerContext
from runner.results.json_text import json_text


class PrintArguments(BaseModel):
    """What is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    msg: Any = Field(default=None, description="Shown instead of the command's result: text, or any value.")
    what: Literal["output", "parsed"] = Field(
        default="output", description="`output`: what the device sent; `parsed`: what `parse` made of it."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_message(cls, value: Any) -> Any:
        return value if isinstance(value, dict | PrintArguments) else {"msg": value}

    @model_validator(mode="after")
    def _one_of_both(self) -> PrintArguments:
        if {"msg", "what"} <= self.model_fields_set:
            raise ValueError("must have either `msg` or `what`, not both")
        return self


class Print:
    """Show a command's output while the playbook runs. Text is shown as it is, any other value as JSON.

    ```yaml
    on_result:
      - print: {}
      - print: "{{ host.name }}: {{ parsed | length }} neighbours"
      - print: {what: parsed}
    ```
    """

    name: ClassVar[str] = "print"
    arguments: ClassVar[type[BaseModel]] = PrintArguments
    short_form: ClassVar[str] = "msg"

    def handle(self, arguments: PrintArguments, context: HandlerContext) -> None:
        """Show it under the command as its title."""
        value = arguments.msg
        if value is None:
            value = context.output if arguments.what == "output" else context.parsed
        context.show(value if isinstance(value, str) else json_text(value), title=context.command)
