"""The result handler `python`: gives a command's result to a function of the user's, found by its import path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from runner.arguments import text_or_mapping
from runner.contracts import HandlerContext
from runner.errors import RunnerError
from runner.planning.function_calls import check_args, offered_by, unfinished
from runner.planning.import_paths import ImportPath, asked_for, check_call, function_at
from runner.playbook.names import wrong_name

OFFERED = ("output", "command", "parsed", "host", "context")


def _variable_name(name: str) -> str:
    if wrong := wrong_name(name):
        raise ValueError(wrong)
    return name


class PythonArguments(BaseModel):
    """Which function, with what."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    function: ImportPath
    args: dict[str, Any] = Field(default_factory=dict, description="Arguments of the function, by name.")
    register_as: Annotated[str, AfterValidator(_variable_name)] | None = Field(
        default=None, alias="register", description="Name of a variable that gets what the function returns."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"function": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _not_ours(self) -> PythonArguments:
        check_args(self.args, OFFERED)
        return self


class Python:
    """Give each result to a Python function.

    It is called with `args` and with those of `output`, `command`, `parsed`, `host` and `context` that its signature names. Raising
    `runner.contracts.Refused` fails the host with these words; any other exception is an error of the handler, which is told and
    changes nothing about the host.

    ```yaml
    on_result:
      - python: {function: "ipaddress:ip_address", args: {address: "{{ output | trim }}"}, register: address}
    ```
    """

    name: ClassVar[str] = "python"
    arguments: ClassVar[type[BaseModel]] = PythonArguments
    short_form: ClassVar[str] = "function"

    def check_code(self, arguments: PythonArguments, root: Path) -> None:
        """The function is there and can be called so. Raises InputError."""
        function = function_at(arguments.function, root)
        check_call(function, arguments.function, {*arguments.args, *asked_for(function, OFFERED)})

    def handle(self, arguments: PythonArguments, context: HandlerContext) -> None:
        """Call it, and register what it returns.

        Raises:
            Refused: the function did.
            RunnerError: it returned something that has done nothing yet, or left the program.
        """
        function = function_at(arguments.function, context.root)
        given = offered_by(context, function, OFFERED)
        try:
            value = function(**arguments.args, **given)
        except SystemExit as error:
            raise RunnerError(f"'{arguments.function}' tried to end the program: SystemExit: {error}") from error
        if reason := unfinished(value, arguments.function):
            raise RunnerError(reason)
        if arguments.register_as:
            context.register(arguments.register_as, value)
