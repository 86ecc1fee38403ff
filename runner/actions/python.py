"""The action `python`: calls a function of the user's, found by its import path."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.actions.code_words import in_words, text_of
from runner.arguments import text_or_mapping
from runner.contracts import ActionContext, ActionResult, CommandResult, Refused
from runner.errors import InputError, RunnerError, SessionError, Stopped
from runner.planning.function_calls import check_args, offered_by, unfinished
from runner.planning.import_paths import ImportPath, asked_for, check_call, function_at
from runner.platforms import Platform

OFFERED = ("host", "variables", "context", "session")


class PythonArguments(BaseModel):
    """Which function, with what."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    function: ImportPath
    args: dict[str, Any] = Field(default_factory=dict, description="Arguments of the function, by name.")
    reads_only: bool = Field(default=False, description="Say that it changes nothing; else it counts as writing, and its task as changed.")
    needs_session: bool = Field(default=False, description="Give it the open session with the device.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"function": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _not_ours(self) -> PythonArguments:
        check_args(self.args, OFFERED)
        return self


class Python:
    """Call a Python function for each host and keep what it returns.

    It is called with `args` and with those of `host` (what templates see as `host`), `variables`, `session` and `context` that its
    signature names. What it returns is the task's result: text as `output`, other data as `parsed` too, nothing as nothing; an
    `ActionResult` (`runner.contracts`) is taken as it is. Raising `runner.contracts.Refused`, or anything else, fails the host
    with these words; `False` is data like any other and fails nothing.

    A function that is not said to be `reads_only` counts as writing, and its task as changed.

    ```yaml
    - python: {function: "json:dumps", args: {obj: "{{ group_names }}"}, reads_only: true}
      register: written
    ```
    """

    name: ClassVar[str] = "python"
    arguments: ClassVar[type[BaseModel]] = PythonArguments
    needs_session: ClassVar[bool] = False
    short_form: ClassVar[str] = "function"

    def writes(self, arguments: PythonArguments, platform: Platform) -> str:
        """Everything could, unless the user says that it does not."""
        return "" if arguments.reads_only else f"'{arguments.function}' does not say `reads_only: true`"

    def connection(self, arguments: PythonArguments) -> str:
        """The guarded session or none."""
        return "netmiko" if arguments.needs_session else ""

    def check_code(self, arguments: PythonArguments, root: Path) -> None:
        """The function is there and can be called so. Raises InputError."""
        function = function_at(arguments.function, root)
        wanted = asked_for(function, OFFERED)
        if "session" in wanted and not arguments.needs_session:
            raise InputError(f"'{arguments.function}' takes a `session`", hint="write `needs_session: true` beside it")
        check_call(function, arguments.function, {*arguments.args, *wanted})

    def run(self, arguments: PythonArguments, context: ActionContext) -> ActionResult:
        """Call it. SessionError and Stopped pass through."""
        function = function_at(arguments.function, context.root)
        try:
            value = function(**context.reveal(dict(arguments.args)), **offered_by(context, function, OFFERED))
        except (SessionError, Stopped, KeyboardInterrupt):
            raise
        except Refused as error:
            return ActionResult(failed=True, reason=str(error) or f"'{arguments.function}' refused without a reason")
        except RunnerError as error:
            return ActionResult(failed=True, reason=f"'{arguments.function}' failed: {error.message}", hint=error.hint)
        except BaseException as error:  # SystemExit too: it is this host's failure and not the end of the run
            return ActionResult(failed=True, reason=f"'{arguments.function}' failed: {in_words(error)}")
        if isinstance(value, ActionResult):
            return value
        if reason := unfinished(value, arguments.function):
            return ActionResult(failed=True, reason=reason)
        result = CommandResult(output=text_of(value), parsed=None if isinstance(value, str) else value, item=context.item)
        return ActionResult(results=(result,), changed=not arguments.reads_only)
