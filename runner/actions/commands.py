"""The action `commands`: sends commands to a device and keeps what it answers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from runner.actions.lines import Answer, Line, Pattern
from runner.contracts import ActionContext, ActionResult, CommandResult, Reply
from runner.platforms import Platform


class CommandLine(BaseModel):
    """One command with what is known about how it behaves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Line = Field(description="What is sent, one line.")
    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds until the command counts as hung; default: the session's own limit."
    )
    prompt: Pattern | None = Field(
        default=None, description="Regular expression of a question the command asks; it is answered with `answer`."
    )
    answer: Answer | None = Field(default=None, description="Text sent, with Enter, when `prompt` is seen; default: Enter alone.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"command": value}
        if isinstance(value, dict | CommandLine):
            return value
        raise ValueError("must be a command as text, or {command, timeout, prompt, answer}")

    @model_validator(mode="after")
    def _answers_something(self) -> CommandLine:
        if self.answer is not None and self.prompt is None:
            raise ValueError("has `answer` without `prompt`, the question that it answers")
        return self


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _three_shapes(schema: dict[str, Any]) -> None:
    """Tell editors that one command needs no list, and a command without options no mapping."""
    line = schema.pop("items")
    del schema["type"]
    text = {"type": "string"}
    schema["anyOf"] = [text, line, {"type": "array", "items": {"anyOf": [text, line]}, "minItems": 1}]


def _not_empty(lines: tuple[CommandLine, ...]) -> tuple[CommandLine, ...]:
    if not lines:
        raise ValueError("is an empty list; write at least one command")
    return lines


class CommandsArguments(RootModel[tuple[CommandLine, ...]]):
    """A command, or a list of commands; each one text or a mapping with `command`."""

    model_config = ConfigDict(frozen=True, json_schema_extra=_three_shapes)

    root: Annotated[tuple[CommandLine, ...], BeforeValidator(_as_list), AfterValidator(_not_empty)] = Field(
        description="A command or a list of them; each is text, or a mapping of `command` and, where needed, `timeout` (seconds until it "
        "counts as hung), `prompt` (regular expression of a question it asks) and `answer` (sent with Enter when that is seen)."
    )


class Commands:
    """Send commands to the device, one after the other, and keep the output of each.

    The task fails at the first command the device refuses (`% Invalid input detected ...`); the ones after it are not sent.
    Each result has `command`, `output`, `duration_seconds`, and `parsed` when a `parse` handler made it.

    A command that is not known to read only (`show`, `display`, `ping`, ...) counts as writing: the plan says so, the run asks
    before it begins, and the task ends as changed. A question that the device asks and that is not declared with `prompt` fails
    the host, and is not answered.

    ```yaml
    - name: Neighbours
      commands:
        - show ip ospf neighbor
        - {command: show tech-support, timeout: 120}
        - {command: ping, prompt: "Protocol", answer: ip}
      register: ospf
    ```
    """

    name: ClassVar[str] = "commands"
    arguments: ClassVar[type[BaseModel]] = CommandsArguments
    needs_session: ClassVar[bool] = True

    def writes(self, arguments: CommandsArguments, platform: Platform) -> str:
        """The first command's reason to count as writing, empty when all of them only read."""
        return next(filter(None, (platform.why_it_writes(line.command) for line in arguments.root)), "")

    def run(self, arguments: CommandsArguments, context: ActionContext) -> ActionResult:
        """Send each command until one is refused."""
        results: list[CommandResult] = []
        changed = False
        for line in arguments.root:
            reply = context.session.send(line.command, timeout=line.timeout, prompt=line.prompt, answer=line.answer)
            results.append(_result(reply, context.item))
            if reply.error:
                reason = f"'{line.command}' was refused: {reply.error}"
                return ActionResult(results=tuple(results), changed=changed, failed=True, reason=reason)
            changed |= bool(context.platform.why_it_writes(line.command))
        return ActionResult(results=tuple(results), changed=changed)


def _result(reply: Reply, item: Any) -> CommandResult:
    return CommandResult(
        command=reply.command, output=reply.output, duration_seconds=reply.duration_seconds, item=item, truncated=reply.truncated
    )
