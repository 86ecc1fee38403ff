"""What the user wrote: playbook, play, task, as frozen data with the path of each place in its file.

A keyword of a play or task is one field here; its description is its reference text and goes into the JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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


Tags = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Conditions = Annotated[tuple[str, ...], BeforeValidator(_as_conditions)]


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
    no_log: bool = Field(default=False, description="Keep outputs and arguments of this task out of output and record.")
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
    tags: Tags = Field(default=(), description="Tags that every task of this play carries.")
    allow_empty: bool = Field(default=False, description="A pattern that matches no host is fine for this play.")
    tasks: tuple[Task, ...] = Field(default=(), description="What is done on each host, in this order.")


class Playbook(_Written):
    """A file of plays. `path` is as the user named it."""

    path: str
    plays: tuple[Play, ...]
