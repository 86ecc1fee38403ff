"""Runs the result handlers of a task over its results, in the host's thread, when all its commands are done."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from runner import crash_points
from runner.abilities import Judges
from runner.arguments import expression_fields, late_fields
from runner.contracts import CommandResult, Refused
from runner.errors import RunnerError
from runner.execution.contexts import ResultContext
from runner.planning.registries import Registries, arguments_of, spelled_out
from runner.playbook.model import HandlerCall
from runner.playbook.render import Templates


@dataclass(frozen=True, kw_only=True)
class HandlerError:
    """A handler that raised: which one, on which command's result, and why."""

    handler: str
    command: str
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What the handlers made of a task's results. `refused` is the first verdict that failed the host, empty for none."""

    results: tuple[CommandResult, ...]
    registered: dict[str, Any]
    errors: tuple[HandlerError, ...]
    refused: str = ""


def handle(
    calls: Sequence[HandlerCall],
    results: Sequence[CommandResult],
    make_context: Callable[[CommandResult], ResultContext],
    registries: Registries,
    templates: Templates,
) -> Handled:
    """Give every result to each of its handlers, in the order written.

    A name that a handler registered has the value of the one result it ran for, or the list of them where it ran for several.
    """
    gained: defaultdict[str, list[Any]] = defaultdict(list)
    done: list[CommandResult] = []
    errors: list[HandlerError] = []
    refused = ""
    for result in results:
        context = make_context(result)
        for call in calls:
            if call.commands is not None and not fnmatch.fnmatchcase(result.command, call.commands):
                continue
            crash_points.here("in_handler")
            try:
                _call(call, context, registries, templates)
            except Refused as verdict:
                refused = refused or str(verdict) or f"refused by {call.name}"
            except BaseException as error:  # SystemExit too: it is this handler's error, not the end of the host's thread
                failed = _error(call, result, error)
                if not _judges(call, registries):
                    errors.append(failed)
                    continue
                refused = refused or f"nobody can say whether '{result.command or 'the result'}' is as expected: {failed.message}"
        for name, value in context.registered.items():
            gained[name].append(value)
        done.append(replace(result, parsed=context.parsed))
    registered = {name: values[0] if len(values) == 1 else values for name, values in gained.items()}
    return Handled(results=tuple(done), registered=registered, errors=tuple(errors), refused=refused)


def without_results(calls: Sequence[HandlerCall], registries: Registries) -> Handled:
    """What follows where results that handlers are for were not kept: a verdict that nobody can give refuses."""
    gone = "what the task gave before the job was interrupted was not kept (no_log)"
    errors = tuple(HandlerError(handler=call.name, command="", message=gone) for call in calls if not _judges(call, registries))
    judged = any(_judges(call, registries) for call in calls)
    return Handled(results=(), registered={}, errors=errors, refused=f"nobody can say whether it is as expected: {gone}" if judged else "")


def _judges(call: HandlerCall, registries: Registries) -> bool:
    try:
        return isinstance(registries.handlers.get(call.name), Judges)
    except RunnerError:  # it could not be loaded, which is the error being treated
        return False


def _call(call: HandlerCall, context: ResultContext, registries: Registries, templates: Templates) -> None:
    handler = registries.handlers.get(call.name)
    as_written = expression_fields(handler.arguments) | late_fields(handler.arguments)
    rendered = _rendered(spelled_out(handler, call.arguments), as_written, context, templates)
    handler.handle(arguments_of(handler, rendered), context)


def _rendered(written: Any, as_written: frozenset[str], context: ResultContext, templates: Templates) -> Any:
    if not isinstance(written, dict):
        return templates.render(written, context.names())
    return {key: value if key in as_written else templates.render(value, context.names()) for key, value in written.items()}


def invalid(error: ValidationError) -> str:
    """The first thing a model refused, in one clause; our own models speak through ValueError."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown key '{place}'"
    reason = first.get("ctx", {}).get("error") or f"is not right: {first['msg'][:1].lower()}{first['msg'][1:]}"
    return f"'{place}' {reason}" if place else f"the value {reason}"


def _error(call: HandlerCall, result: CommandResult, error: BaseException) -> HandlerError:
    """Whatever a handler raises is its own recorded error: handlers are plugins, and one must not end a run."""
    if isinstance(error, ValidationError):
        message = invalid(error)
    elif isinstance(error, RunnerError | OSError | ValueError):
        message = str(error)
    else:
        message = f"{type(error).__name__}: {error}"
    hint = error.hint if isinstance(error, RunnerError) else ""
    return HandlerError(handler=call.name, command=result.command, message=message, hint=hint)
