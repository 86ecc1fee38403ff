"""What the user wrote: playbook, play, task, as frozen data with the path of each place in its file.

A keyword of a play or task is one field here; its description is its reference text and goes into the JSON Schema.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from runner.policy import OnBatchFailure

DataPath = tuple[str | int, ...]
"""The way from the top of a document to a place in it: keys and list positions."""

Order = Literal["inventory", "reverse_inventory", "sorted", "reverse_sorted", "shuffle"]


def _as_list(value: object) -> object:
    """Ansible allows one entry without brackets wherever a list of texts is expected."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if "," in value else [value]
    return value


def _as_conditions(value: object) -> object:
    return [str(value).lower()] if isinstance(value, bool) else [value] if isinstance(value, str) else value


def _as_entries(value: object) -> object:
    return [value] if isinstance(value, str) else value


_PERCENTAGE = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_FAILURES = "write a number of hosts such as 3, or a percentage of the run's hosts such as 20%"


def _as_failures(value: object) -> object:
    """A number of hosts, also as text, or a percentage, whose fraction counts (`12.5%`): a limit need not be a whole number of hosts."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"is neither a number of hosts nor a percentage; {_FAILURES}")
    text = str(value).strip()
    percentage = _PERCENTAGE.fullmatch(text)
    if percentage:
        if float(percentage["number"]) > 100:
            raise ValueError(f"is more than 100%; {_FAILURES}")
        return text
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(f"is neither a number of hosts nor a percentage; {_FAILURES}")
    return int(text)


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


Percentage = Annotated[float, BeforeValidator(_no_bool), Field(ge=0, le=100, allow_inf_nan=False)]
MaxFailures = Annotated[int | str, BeforeValidator(_as_failures)]
MaxAuthFailures = Annotated[int, Field(ge=1, le=1_000_000)]
ConnectRetries = Annotated[int, Field(ge=0, le=100)]

CheckCommands = Annotated[tuple[str, ...], BeforeValidator(_as_entries)]
Tags = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Conditions = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_conditions),
    WithJsonSchema({"anyOf": [{"type": ["string", "boolean"]}, {"type": "array", "items": {"type": "string"}}]}),
]


class _Written(BaseModel):
    """Frozen, no unknown keys; `at` is set by the loader and is not a keyword."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: DataPath = Field(default=(), exclude=True, json_schema_extra={"internal": True})


class HandlerCall(_Written):
    """One entry of `on_result`: which result handler, with which arguments, for which commands."""

    name: str
    arguments: Any = None
    commands: str | None = Field(default=None, description="Glob on the command's text: the handler is for these results only.")


class LoopControl(_Written):
    """How a loop shows itself."""

    label: str | None = Field(default=None, description="Template of the text that stands for an item in the output.")


class Verify(_Written):
    """How a device shows whether what a task writes took effect."""

    commands: CheckCommands = Field(min_length=1, description="A command or a list of them, which must read only; they may be templates.")
    that: Conditions = Field(
        min_length=1,
        description="Expression, or a list that must all hold where the write took effect, without {{ }}: it sees `output`, all that the "
        "commands gave, `outputs`, the same by command, and the names the task sees.",
    )


class TaskKeywords(_Written):
    """The keywords every task may carry beside its action."""

    name: str | None = Field(default=None, description="What the task is called in output and record.")
    when: Conditions = Field(default=(), description="Expression, or a list that must all hold, without {{ }}; else the task is skipped.")
    register_as: str | None = Field(default=None, alias="register", description="Variable that takes the task's result.")
    vars: dict[str, Any] = Field(default_factory=dict, description="Variables of this task alone.")
    loop: Any = Field(default=None, description="List, or template of one: the action runs once per entry, which is `item`.")
    loop_control: LoopControl = Field(default_factory=LoopControl, description="How a loop shows itself: `label`.")
    tags: Tags = Field(default=(), description="Names to choose tasks by; `always` and `never` as in Ansible.")
    ignore_errors: bool = Field(default=False, description="Go on with the host when the task failed; not when it is unreachable.")
    ignore_unreachable: bool | None = Field(
        default=None, description="A host that is unreachable at this task counts as no failure; default: as the play says."
    )
    no_log: bool = Field(default=False, description="Keep outputs and arguments of this task out of output and record.")
    verify: Verify | None = Field(
        default=None,
        description="Says whether the task's write took effect whose end nobody saw: `commands` and `that`. For `on_in_doubt: verify`.",
    )
    idempotent: bool = Field(
        default=False,
        description="What the task writes may be written twice: a write whose end nobody saw is repeated where `on_in_doubt` is `rerun`.",
    )
    on_result: tuple[HandlerCall, ...] = Field(default=(), description="Result handlers, run in this order for each command's result.")


class Task(TaskKeywords):
    """A task: keywords and exactly one action with its raw arguments."""

    action: str
    arguments: Any = None


class Play(_Written):
    """A play: these hosts, in batches, these tasks."""

    name: str | None = Field(default=None, description="What the play is called in output and record.")
    hosts: str | tuple[str, ...] = Field(description="Host pattern, in Ansible's grammar: `core,&ams,!maintenance`.")
    batch_size: int | str | tuple[int | str, ...] | None = Field(
        default=None,
        description='Hosts per batch and therefore open sessions: a number, "25%", a ramp [1, 5, 25%]; 0 = all at once; default 10.',
    )
    order: Order = Field(default="inventory", description="Order of the hosts.")
    vars: dict[str, Any] = Field(default_factory=dict, description="Variables of this play.")
    vars_files: tuple[str, ...] = Field(default=(), description="YAML files of variables, relative to the playbook, inside the project.")
    secrets: dict[str, str] = Field(
        default_factory=dict,
        description="Variables whose values are fetched when the run starts: `env:NAME`, `keyring:SERVICE/USER` or `credential:NAME`. "
        "They can be put into text and used for nothing else.",
    )
    max_fail_percentage: Percentage | None = Field(
        default=None,
        description="When more than this percentage of a batch's hosts have failed, nothing more is started; 0 = at the first failure.",
    )
    max_failures: MaxFailures | None = Field(
        default=None,
        description='When more hosts than this have failed in the whole run, nothing more is started: a number of hosts, or "20%" of them.',
    )
    any_errors_fatal: bool | None = Field(default=None, description="The first failure stops the batch, and nothing more is started.")
    on_batch_failure: OnBatchFailure | None = Field(
        default=None, description="After a batch in which some host failed and none ended well: go on (the default), stop, or pause."
    )
    max_auth_failures: MaxAuthFailures | None = Field(
        default=None, description="Refused logins in a row after which the same credentials are not tried any more; default 3."
    )
    connect_retries: ConnectRetries | None = Field(
        default=None,
        description="Times to try again where a device cannot be reached or has no free line; default 0. Never after a refused login.",
    )
    ignore_unreachable: bool = Field(default=False, description="Hosts that are unreachable count as no failure.")
    tags: Tags = Field(default=(), description="Tags that every task of this play carries.")
    allow_empty: bool = Field(default=False, description="A pattern that matches no host is fine for this play.")
    tasks: tuple[Task, ...] = Field(default=(), description="What is done on each host, in this order.")


class Playbook(_Written):
    """A file of plays. `path` is as the user named it."""

    path: str
    plays: tuple[Play, ...]
