"""The action `nornir_task`: runs any task of Nornir, found by its import path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.actions.code_words import in_words, text_of
from runner.arguments import text_or_mapping
from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.errors import InputError, SessionError, Stopped
from runner.planning.import_paths import ImportPath, check_call, entry_point, function_at
from runner.platforms import Platform

if TYPE_CHECKING:
    from nornir.core.task import Result

GUARDED, NONE = "netmiko", "none"
CONNECTIONS_GROUP = "nornir.plugins.connections"

_NO_ANSWER = frozenset({"ReadTimeout", "NetmikoTimeoutException", "ReadException"})
"""Netmiko's errors that say that a device did not answer, by name: whether it took what was sent is not known."""


class NornirTaskArguments(BaseModel):
    """Which task, with what, through what."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    task: ImportPath
    args: dict[str, Any] = Field(default_factory=dict, description="Arguments of the function, behind Nornir's `task`.")
    reads_only: bool = Field(default=False, description="Say that it changes nothing on the device; else it counts as writing.")
    connection: str = Field(
        default=GUARDED,
        min_length=1,
        description="What it talks through: `netmiko` for the guarded session, `none`, or another connection plugin of Nornir that is "
        "installed (`napalm`, ...), which is not guarded.",
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"task": value} if isinstance(value, str) else value


class NornirTask:
    """Run a task of Nornir as it is, such as those of nornir-netmiko and nornir-utils, or your own.

    It finds the session in `task.host` as always. Its result is this task's output; results of its subtasks follow, each named by
    the subtask, so that a result handler's `commands:` finds it. `changed`, `failed` and `diff` are what the task says. Text stays
    text, other data is `parsed` too. An exception fails the host with its words.

    Prefer `commands` and `config` where they will do: they know what a device accepted. A task is trusted with what it says, and
    nornir-netmiko's own report a configuration as changed also where a line was refused. Through a `connection` other than
    `netmiko` and `none` a session of its own is opened, for which neither host keys nor time limits nor `batch_size` hold.

    ```yaml
    - nornir_task:
        task: nornir_netmiko.tasks:netmiko_send_command
        args: {command_string: show clock}
        reads_only: true
    - nornir_task: {task: "nornir_utils.plugins.tasks.networking:tcp_ping", args: {ports: [22]}, reads_only: true, connection: none}
    ```
    """

    name: ClassVar[str] = "nornir_task"
    arguments: ClassVar[type[BaseModel]] = NornirTaskArguments
    needs_session: ClassVar[bool] = True
    short_form: ClassVar[str] = "task"

    def writes(self, arguments: NornirTaskArguments, platform: Platform) -> str:
        """Everything could, unless the user says that it does not."""
        return "" if arguments.reads_only else f"'{arguments.task}' does not say `reads_only: true`"

    def connection(self, arguments: NornirTaskArguments) -> str:
        """As written."""
        return "" if arguments.connection == NONE else arguments.connection

    def check_code(self, arguments: NornirTaskArguments, root: Path) -> None:
        """The function is there and takes the arguments, the connection plugin is installed. Raises InputError."""
        check_call(function_at(arguments.task, root), arguments.task, arguments.args, first=1)
        if arguments.connection not in (GUARDED, NONE):
            entry_point(CONNECTIONS_GROUP, arguments.connection, "connection plugin of Nornir")

    def run(self, arguments: NornirTaskArguments, context: ActionContext) -> ActionResult:
        """Run it below the host's task, and make its results ours. SessionError and Stopped pass through, out of subtasks too."""
        from runner.actions.subtasks import QuietTask, flat  # here, as it loads Nornir, which planning and `doc` do without

        function = function_at(arguments.task, context.root)
        values = context.reveal(dict(arguments.args))
        above = context.nornir_task
        if arguments.connection not in (GUARDED, NONE):
            try:
                _open(arguments.connection, context)
            except (SessionError, Stopped, InputError):
                raise
            except Exception as error:
                words = f"the connection '{arguments.connection}' could not be opened: {in_words(error)}"
                return ActionResult(failed=True, reason=words)
        results = [*flat(QuietTask.of(above, function, values).start(above.host))]
        for each in results:
            _pass_on(each.exception)
        return _mapped(results, arguments.task, context.item)


def _open(name: str, context: ActionContext) -> None:
    """Put an open connection where Nornir's tasks look for it; the runner closes what it finds there when the host's work ends."""
    connections = context.nornir_task.host.connections
    if name in connections:
        return
    plugin = entry_point(CONNECTIONS_GROUP, name, "connection plugin of Nornir")()
    login = context.login()
    plugin.open(
        hostname=login["hostname"],
        username=login["username"],
        password=login["password"],
        port=login["port"],
        platform=login["platform"],
        extras={},
        configuration=context.nornir_task.nornir.config,
    )
    connections[name] = plugin


def _pass_on(error: BaseException | None) -> None:
    """Raise what is the session's own end, or leaves open whether the device took what was sent."""
    if isinstance(error, SessionError | Stopped):
        raise error
    if error is not None and _NO_ANSWER & {each.__name__ for each in type(error).__mro__}:
        raise SessionError(f"the device did not answer in time: {in_words(error)}", phase="command", cause="timeout") from error


def _mapped(results: list[Result], path: str, item: Any) -> ActionResult:
    failed = [each for each in results if each.failed]
    # A task that ends because its subtask failed has nothing to say that the subtask does not.
    told = next((each for each in failed if type(each.exception).__name__ != "NornirSubTaskError"), failed[0] if failed else None)
    return ActionResult(
        results=tuple(_entries(results, item)),
        changed=any(bool(each.changed) for each in results),
        failed=bool(failed),
        reason=f"'{path}' failed: {_why(told)}" if told is not None else "",
        diff="\n".join(each.diff for each in results if isinstance(each.diff, str) and each.diff),
    )


def _why(result: Result) -> str:
    if result.exception is not None:
        return in_words(result.exception)
    words = result.result if isinstance(result.result, str) else json.dumps(result.result, default=str)
    first = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return first if result.result and first else "it says so, without a reason"


def _entries(results: Iterable[Result], item: Any) -> Iterable[CommandResult]:
    own, *below = results
    if own.result is not None or not below:
        yield CommandResult(output=text_of(own.result), parsed=_data(own.result), item=item)
    for each in below:
        yield CommandResult(command=str(each.name or ""), output=text_of(each.result), parsed=_data(each.result), item=item)


def _data(value: Any) -> Any:
    return None if isinstance(value, str) else value
