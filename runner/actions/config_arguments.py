"""What the action `config` takes: lines or a rendered template, put into the order in which they will be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from runner.actions.lines import Answer, Line, Pattern, printable
from runner.arguments import TemplateFileMark
from runner.platforms import BANNERS

COMMENT_AT_MOST = 60
"""Characters of a commit's comment that IOS-XR takes; Junos takes more."""


class ConfigLine(BaseModel):
    """One line with what is known about how it behaves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: Line = Field(description="What is sent, one line.")
    prompt: Pattern | None = Field(
        default=None, description="Regular expression of a question the line makes the device ask; it is answered with `answer`."
    )
    answer: Answer | None = Field(default=None, description="Text sent, with Enter, when `prompt` is seen; default: Enter alone.")
    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds until the line counts as hung; default: the task's `timeout`."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"line": value}
        if isinstance(value, dict | ConfigLine):
            return value
        raise ValueError("must be a line as text, or {line, prompt, answer, timeout}")

    @model_validator(mode="after")
    def _answers_something(self) -> ConfigLine:
        if self.answer is not None and self.prompt is None:
            raise ValueError("has `answer` without `prompt`, the question that it answers")
        return self


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _not_empty(lines: tuple[ConfigLine, ...]) -> tuple[ConfigLine, ...]:
    if not lines:
        raise ValueError("is an empty list; write at least one line")
    [*_kept(line.line for line in lines)]
    return lines


def _rendered(text: str | None) -> str | None:
    """A template's text that gives lines which can be sent."""
    for number, line in enumerate((text or "").split("\n"), start=1):
        try:
            printable(line.strip())
        except ValueError as error:
            raise ValueError(f"gives a line {number} that {error}") from error
    if text is not None and not [*_kept(text.split("\n"))]:
        raise ValueError("gives no line to send")
    return text


def _one_text(comment: str | None) -> str | None:
    if comment is not None:
        printable(comment)
        if not comment.strip():
            raise ValueError("is empty; leave it out, or write why the device is changed")
    return comment


def _kept(lines: Iterable[str]) -> Iterator[str]:
    """The lines to send: blank ones and comments (`!`) are dropped and indentation is taken off, but not within a banner of any platform.

    `#` begins a comment on few platforms, and ends banners or begins lines that matter on others: such a line is sent.

    Raises ValueError: a banner has no end.
    """
    waiting = iter(lines)
    for raw in waiting:
        line = raw.strip()
        if not line or line.startswith("!"):
            continue
        yield line
        text, end = next(((text, end) for text in BANNERS if (end := text.end_of(line))), (BANNERS[0], ""))
        while end:
            inner = next(waiting, None)
            if inner is None:
                raise ValueError(f"holds '{line}', and no line with '{end}' that ends it")
            yield inner.rstrip()
            end = "" if text.ends(inner, end) else end


_LINE = {"type": "string"}


def _short_forms(schema: dict[str, Any]) -> None:
    """Tell editors that the lines may stand alone, and that a line without options needs no mapping."""
    lines = schema["properties"]["lines"]
    lines.pop("default", None)
    entry = next(each for each in lines.pop("anyOf") if each.get("type") == "array")["items"]
    lines["anyOf"] = [_LINE, entry, {"type": "array", "items": {"anyOf": [_LINE, entry]}, "minItems": 1}]
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [_LINE, lines["anyOf"][-1], mapping]


class ConfigArguments(BaseModel):
    """Lines of configuration, or a template that gives them, and what is done around them."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_short_forms)

    lines: Annotated[tuple[ConfigLine, ...], BeforeValidator(_as_list), AfterValidator(_not_empty)] | None = Field(
        default=None,
        description="A line or a list of them; each is text, or a mapping of `line` and, where needed, `prompt` (regular expression of a "
        "question it makes the device ask), `answer` (sent with Enter when that is seen) and `timeout` in seconds.",
    )
    template: Annotated[str | None, TemplateFileMark(), AfterValidator(_rendered)] = Field(
        default=None,
        description="Instead of `lines`: a Jinja2 template's path, relative to the playbook, rendered for each host in planning.",
    )
    parents: Annotated[tuple[Line, ...], BeforeValidator(_as_list)] = Field(
        default=(), description="Lines sent first, to get into the section in which the others belong: `[interface Loopback0]`."
    )
    comment: Annotated[str | None, Field(max_length=COMMENT_AT_MOST), AfterValidator(_one_text)] = Field(
        default=None, description=f"Comment of the commit, on platforms that have one; at most {COMMENT_AT_MOST} characters."
    )
    save: Literal["always", "changed", "never"] = Field(
        default="never", description="Make the configuration survive a restart: always, when this task changed it, or never."
    )
    compare: bool = Field(
        default=True, description="Read the running configuration before and after, to tell what changed; on platforms without a commit."
    )
    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds until a line counts as hung; default: the session's own limit."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_lines(cls, value: Any) -> Any:
        return {"lines": value} if isinstance(value, str | list | tuple) else value

    @model_validator(mode="after")
    def _one_of_both(self) -> ConfigArguments:
        if (self.lines is None) == (self.template is None):
            raise ValueError("must have either `lines` or `template`")
        return self

    def sends(self) -> tuple[ConfigLine, ...]:
        """All lines in the order in which they are sent."""
        # What a template gives was checked above, and a line within a banner may be blank: it is not checked again.
        given = self.lines or tuple(ConfigLine.model_construct(line=line) for line in _kept((self.template or "").split("\n")))
        return (*(ConfigLine(line=parent) for parent in self.parents), *given)
