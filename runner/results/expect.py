"""The result handler `expect`: fails the host when a result is not what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from runner.arguments import ExpressionMark, LateMark
from runner.contracts import HandlerContext, Refused
from runner.errors import RunnerError
from runner.results.file_names import shown
from runner.results.regular_expressions import Pattern, compiled


def _as_list(value: Any) -> Any:
    entries = value if isinstance(value, list | tuple) else [value]
    return [str(entry).lower() if isinstance(entry, bool) else entry for entry in entries]


def _not_blank(entries: tuple[str, ...]) -> tuple[str, ...]:
    if not all(entries):
        raise ValueError("holds an empty text, which is in every output; write what to look for")
    return entries


_ONE_OR_MORE = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
_Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_not_blank), _ONE_OR_MORE]
_Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_as_list), AfterValidator(_not_blank), _ONE_OR_MORE]


class ExpectArguments(BaseModel):
    """What must hold for a result; several conditions must all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    contains: _Texts = Field(default=(), description="Text, or a list of texts, each of which must be in the output.")
    not_contains: _Texts = Field(default=(), description="Text, or a list of texts, none of which may be in the output.")
    matches: _Patterns = Field(
        default=(), description="Regular expression, or a list, each of which must match somewhere; ^ and $ match at every line."
    )
    that: Annotated[tuple[str, ...], ExpressionMark(), BeforeValidator(_as_list), AfterValidator(_not_blank), _ONE_OR_MORE] = Field(
        default=(), description="Expression, or a list that must all hold, without {{ }}; it sees host, command, output and parsed."
    )
    message: Annotated[str | None, LateMark()] = Field(
        default=None, description="The reason when a condition does not hold; default: a sentence that names it."
    )

    @model_validator(mode="after")
    def _says_something(self) -> ExpectArguments:
        if not (self.contains or self.not_contains or self.matches or self.that):
            raise ValueError("has nothing to check; write at least one of `contains`, `not_contains`, `matches`, `that`")
        return self


class Expect:
    """Fail the host when a command's result is not what it should be.

    Upper and lower case count. `matches` looks at outputs of up to 1,000,000 characters; a regular expression cannot be
    given a time limit, so avoid repetition inside repetition (`(a+)+`), which can take hours on a single line.

    ```yaml
    on_result:
      - expect: {contains: FULL, not_contains: [EXSTART, INIT]}
      - expect: {matches: '^Gi\\S+ +up'}
      - expect: {that: parsed | length >= 2, message: fewer than 2 neighbours}
    ```
    """

    name: ClassVar[str] = "expect"
    arguments: ClassVar[type[BaseModel]] = ExpectArguments
    judges: ClassVar[bool] = True

    def handle(self, arguments: ExpectArguments, context: HandlerContext) -> None:
        """Check the conditions.

        Raises:
            Refused: one does not hold, or cannot be decided: an undefined variable, an output too long for a regular expression.
        """
        try:
            complaint = next(_complaints(arguments, context), "")
        except RunnerError as error:
            raise Refused(f"nobody can say whether the output of {shown(context.command)} is as expected: {error.message}") from error
        if not complaint and context.truncated:
            complaint = f"the output of {shown(context.command)} was cut at the limit, so nobody can say whether it is as expected"
        if complaint:
            raise Refused(complaint if arguments.message is None else _in_own_words(arguments.message, complaint, context))


def _in_own_words(message: str, complaint: str, context: HandlerContext) -> str:
    """The playbook's message; where it cannot be made, ours, and why."""
    try:
        return context.render(message) or complaint
    except RunnerError as error:
        return f"{complaint} (its message could not be made: {error.message})"


def _complaints(arguments: ExpectArguments, context: HandlerContext) -> Iterator[str]:
    what = f"output of {shown(context.command)}" if context.command else "output"
    for text in arguments.contains:
        if text not in context.output:
            yield f"{what} does not contain {shown(text)}; {_seen(context.output)}"
    for text in arguments.not_contains:
        if text in context.output:
            yield f"{what} contains {shown(text)}: {shown(_line_with(context.output, context.output.index(text)))}"
    for pattern in arguments.matches:
        if not compiled(pattern, context.output).search(context.output):
            yield f"nothing in the {what} matches {shown(pattern)}; {_seen(context.output)}"
    for expression in arguments.that:
        if not context.evaluate(expression):
            yield f"{shown(expression, 200)} is false for the {what}"


def _seen(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if not lines:
        return "it is empty"
    return f"it has {len(lines)} lines, the first is {shown(lines[0])}" if len(lines) > 1 else f"it is {shown(lines[0])}"


def _line_with(output: str, position: int) -> str:
    start = output.rfind("\n", 0, position) + 1
    end = output.find("\n", position)
    return output[start : end if end >= 0 else len(output)].strip()
