"""The result handler `save`: keeps a command's output in a file."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from runner.arguments import text_or_mapping
from runner.contracts import HandlerContext
from runner.errors import RunnerError
from runner.results.atomic import append_file, replace_file
from runner.results.file_names import safe_names
from runner.results.json_text import json_text


def _checked(path: str) -> str:
    safe_names(path)
    return path


class SaveArguments(BaseModel):
    """Where a result is kept, and in which form."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True, json_schema_extra=text_or_mapping)

    path: Annotated[str, AfterValidator(_checked)] = Field(
        description="Template of the file's path, relative to --output-dir; it cannot lead out of that folder."
    )
    append: bool = Field(
        default=False, description="Add to the end of the file, also to what an earlier run left there, instead of replacing it."
    )
    format: Literal["text", "json"] = Field(default="text", description="`text`: what the device sent; `json`: what `parse` made of it.")
    content: Any = Field(default=None, description="Written instead of the command's result; a value that is not text is written as JSON.")

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str | int) else value


class Save:
    """Keep a result in a file below the output folder (`--output-dir`, default: the current folder).

    The handler runs once for each command, so a task with several commands needs `{{ command | slug }}` in the path, or
    `append: true`: then each output is added as one block, in the order of the commands. Without `append` the file is
    replaced as a whole or, when something goes wrong, left as it was; a file that another result of the same run was written
    to is never replaced. What the device sent is written byte by byte; only line ends are always a newline. Folders get mode
    0700, files 0600. No symbolic link below the output folder is followed. What could confuse a shell or a terminal (a leading
    `-` or `.`, control characters, trailing dots and spaces, `%`) is percent-encoded in names.

    ```yaml
    on_result:
      - save: "reports/{{ host.name }}/{{ command | slug }}.txt"
      - save: {path: "neighbours/{{ host.name }}.json", format: json}
      - save: {path: summary.csv, append: true, content: "{{ host.name }},{{ parsed | length }}"}
    ```
    """

    name: ClassVar[str] = "save"
    arguments: ClassVar[type[BaseModel]] = SaveArguments

    def handle(self, arguments: SaveArguments, context: HandlerContext) -> None:
        """Write the file.

        Raises:
            RunnerError: the file cannot be written, holds another result of this run, or there is nothing parsed to be written.
        """
        data = _bytes(_text(arguments, context))
        names = safe_names(arguments.path)
        if arguments.append:
            append_file(context.output_dir, names, data)
        else:
            context.claim("/".join(names))
            replace_file(context.output_dir, names, data)
        context.saved("/".join(names))


def _text(arguments: SaveArguments, context: HandlerContext) -> str:
    value = arguments.content
    if value is None and arguments.format == "text":
        return context.output
    if value is None:
        value = context.parsed
        if value is None:
            raise RunnerError(
                f"nothing was parsed from '{context.command}', so there is no JSON to save", hint="put a `parse` before this `save`"
            )
    return value if isinstance(value, str) and arguments.format == "text" else json_text(value) + "\n"


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise RunnerError(f"the text cannot be written as UTF-8: {error.reason} at position {error.start}") from error
