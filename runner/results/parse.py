"""The result handler `parse`: makes structured data of a command's output."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from runner.arguments import text_or_mapping
from runner.contracts import HandlerContext
from runner.errors import RunnerError
from runner.playbook.names import wrong_name
from runner.results.file_names import shown
from runner.results.regular_expressions import Pattern, compiled
from runner.results.textfsm_templates import parse_by_command, parse_by_file

_BELONGS_TO = {"template": "textfsm", "pattern": "regex", "query": "jmespath"}


def _variable_name(name: str) -> str:
    if wrong := wrong_name(name):
        raise ValueError(wrong)
    return name


def _query(text: str) -> str:
    import jmespath  # needed only by those who use it

    try:
        jmespath.compile(text)
    except jmespath.exceptions.JMESPathError as error:
        raise ValueError(f"is not a valid JMESPath query: {' '.join(str(error).split())}") from error
    return text


class ParseArguments(BaseModel):
    """How output is parsed, and what the result is called."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    with_: Literal["textfsm", "regex", "json", "jmespath"] = Field(alias="with", description="What parses.")
    template: str | None = Field(
        default=None, description="For `textfsm`: template file, relative to the project; default: that of ntc-templates."
    )
    pattern: Pattern | None = Field(default=None, description="For `regex`: a regular expression; ^ and $ match at every line.")
    query: Annotated[str, AfterValidator(_query)] | None = Field(default=None, description="For `jmespath`: the query.")
    register_as: Annotated[str, AfterValidator(_variable_name)] | None = Field(
        default=None, alias="register", description="Variable that takes the data, beside `parsed`."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"with": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits_together(self) -> ParseArguments:
        for field, parser in _BELONGS_TO.items():
            given = getattr(self, field) is not None
            if given and self.with_ != parser:
                raise ValueError(f"has `{field}`, which belongs to `with: {parser}`, not to `with: {self.with_}`")
            if not given and self.with_ == parser and field != "template":
                raise ValueError(f"needs `{field}` for `with: {parser}`")
        return self


class Parse:
    """Make structured data of a command's output. It becomes the result's `parsed` and the variable named by `register`.

    * `textfsm`: a list of rows, each a mapping with lower-case keys, by the template that ntc-templates has for the host's
      platform and the command, or by a `template` of the project.
    * `regex`: a list with an entry for each match of `pattern`: a mapping of its named groups; without such groups the match, its
      one group, or the list of its groups. On outputs of up to 1,000,000 characters; a regular expression cannot be given a
      time limit, so avoid repetition inside repetition (`(a+)+`), which can take hours on a single line.
    * `json`: the output is JSON.
    * `jmespath`: the answer to `query` over what an earlier `parse` made of the output, or over the output as JSON.

    ```yaml
    on_result:
      - parse: {with: textfsm, register: neighbours}
      - parse: {with: regex, pattern: 'uptime is (?P<uptime>.+)', register: up}
      - parse: {with: jmespath, query: "[?state == 'FULL/DR'].neighbor_id"}
    ```
    """

    name: ClassVar[str] = "parse"
    arguments: ClassVar[type[BaseModel]] = ParseArguments

    def handle(self, arguments: ParseArguments, context: HandlerContext) -> None:
        """Parse the output.

        Raises:
            RunnerError: no template fits, or the output is not what the parser reads.
        """
        if context.truncated:
            raise RunnerError(
                f"the output of {shown(context.command)} was cut at the limit and would give wrong data", hint="raise output_limit"
            )
        value = _parsed(arguments, context)
        context.set_parsed(value)
        if arguments.register_as:
            context.register(arguments.register_as, value)


def _parsed(arguments: ParseArguments, context: HandlerContext) -> Any:
    if arguments.with_ == "json":
        return _from_json(context)
    if arguments.with_ == "regex":
        return _matches(arguments.pattern or "", context.output)
    if arguments.with_ == "jmespath":
        return _answer(arguments.query or "", context)
    if arguments.template:
        return parse_by_file(context.output, arguments.template, context.root)
    return parse_by_command(context.output, context.platform, context.command)


def _from_json(context: HandlerContext) -> Any:
    try:
        return json.loads(context.output)
    except (ValueError, RecursionError) as error:
        raise RunnerError(
            f"the output of '{context.command}' is not JSON: {error}; it begins with {shown(context.output.strip(), 40)}",
            hint="ask the device for JSON, for example with `| json`",
        ) from error


def _matches(pattern: str, output: str) -> list[Any]:
    expression = compiled(pattern, output)
    found = expression.finditer(output)
    if expression.groupindex:
        return [match.groupdict() for match in found]
    if expression.groups > 1:
        return [list(match.groups()) for match in found]
    return [match.group(expression.groups) for match in found]


def _answer(query: str, context: HandlerContext) -> Any:
    import jmespath  # needed only by those who use it

    data = _from_json(context) if context.parsed is None else context.parsed
    try:
        return jmespath.search(query, data)
    except jmespath.exceptions.JMESPathError as error:
        raise RunnerError(
            f"the JMESPath query {shown(query)} cannot be answered: {' '.join(str(error).split())}",
            hint="look at the data with `print: {what: parsed}`",
        ) from error
