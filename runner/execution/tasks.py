"""Runs one task of a play on one host: its rounds, then its result handlers, then what it registers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner.contracts import ActionResult, CommandResult, Session, expression_fields
from runner.errors import RunnerError, SessionError, Stopped
from runner.events import HandlerFailed, TaskFinished, Tell, TextPrinted, Warned
from runner.execution.claims import Claims
from runner.execution.contexts import RecordedSession, ResultContext, TaskActionContext
from runner.execution.results import Handled, handle, invalid
from runner.execution.scope import HostScope
from runner.planning.plan import PlannedPlay, PlannedTask, Round, Step
from runner.planning.registries import Registries, arguments_of
from runner.planning.steps import StepError, bind, expand, names_in
from runner.playbook.render import TemplateError, Templates
from runner.states import TaskStatus

HIDDEN = "(hidden by no_log)"


@dataclass(frozen=True, kw_only=True)
class HostWork:
    """What running tasks on one host needs: the play, the host's names and session, and whom to tell."""

    play: PlannedPlay
    host: str
    platform: str | None
    batch_number: int
    scope: HostScope
    session: Session | None
    registries: Registries
    templates: Templates
    output_dir: Path
    root: Path
    claims: Claims
    tell: Tell
    proceed: Callable[[], bool]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a task ended. `fatal` is set when the host cannot go on, whatever the task says about errors."""

    event: TaskFinished
    fatal: SessionError | Stopped | None = None

    @property
    def host_goes_on(self) -> bool:
        """Whether the host's next task may run."""
        return self.fatal is None and (self.event.status is not TaskStatus.FAILED or self.event.ignored)


@dataclass
class _Tally:
    """What the rounds of a task have given so far."""

    results: list[CommandResult] = field(default_factory=list)
    handled: list[CommandResult] = field(default_factory=list)
    reason: str = ""
    hint: str = ""
    changed: bool = False
    ran: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    fatal: SessionError | Stopped | None = None

    def fail(self, reason: str, hint: str = "") -> None:
        """Note the first failure; later ones do not replace it."""
        if not self.reason:
            self.reason, self.hint = reason or "the action failed without a reason", hint

    def add(self, done: ActionResult, item: Any) -> None:
        """Take over what one round gave. The result that failed is kept, and not shown to handlers."""
        results = [replace(each, item=item) if item is not None else each for each in done.results]
        self.results += results
        self.handled += results[:-1] if done.failed else results
        self.changed |= done.changed
        self.facts.update(done.facts)
        if done.failed:
            self.fail(done.reason, done.hint)


def run_task(task: PlannedTask, work: HostWork) -> Outcome:
    """Run a task on a host, tell its end, and give the host's later tasks what it registered."""
    started = time.monotonic()
    tally = _Tally()
    try:
        for each in _step(task, work).rounds:
            if each.skip or tally.fatal:
                continue
            tally.ran = True
            _run_round(task, each, work, tally)
    except StepError as error:
        tally.ran = True
        tally.fail(error.error.message, error.error.hint)
    except TemplateError as error:
        tally.ran = True
        tally.fail(error.message, error.hint)
    handled = Handled(results=(), registered={}, errors=())
    if tally.handled and task.on_result and tally.fatal is None:
        handled = handle(task.on_result, tally.handled, _contexts(task, work, tally), work.registries, work.templates)
        tally.results = [*handled.results, *tally.results[len(handled.results) :]]
        if handled.refused:
            tally.fail(handled.refused)
    event = _finished(task, work, tally, time.monotonic() - started)
    _register(task, work, event, tally, handled)
    _tell(task, work, event, handled)
    return Outcome(event=event, fatal=tally.fatal)


def _step(task: PlannedTask, work: HostWork) -> Step:
    """The step of the plan, or the one that planning left for now: every variable it waited for has its value."""
    step = task.steps[work.host]
    if not step.deferred:
        return step
    expressions = expression_fields(work.registries.actions.get(task.action).arguments)
    wanted = names_in(task, expressions, work.templates)
    bound, _ = bind(work.scope.written(task.vars), work.scope.names(), wanted, frozenset(), work.templates)
    return expand(task, bound, expressions, work.templates)


def _run_round(task: PlannedTask, each: Round, work: HostWork, tally: _Tally) -> None:
    """One round. An action is somebody's code: whatever it raises is this host's failure and never ends the run."""
    recorded = RecordedSession(work.session) if work.session is not None and task.needs_session else None
    try:
        if not work.proceed():
            raise Stopped("stopped before this task")
        action = work.registries.actions.get(task.action)
        context = TaskActionContext(
            host=work.scope.names()["host"],
            variables=_names(task, work, each.item),
            item=each.item,
            templates=work.templates,
            shows=_shows(task, work),
            recorded=recorded,
        )
        tally.add(action.run(arguments_of(action, each.arguments), context), each.item)
    except (SessionError, Stopped) as error:
        replies = recorded.replies if recorded else []
        tally.results += [
            CommandResult(command=each.command, output=each.output, duration_seconds=each.duration_seconds, truncated=each.truncated)
            for each in replies
        ]
        tally.fatal = error
        tally.fail(error.message, error.hint)
    except ValidationError as error:
        tally.fail(f"{task.action}: {invalid(error)}")
    except RunnerError as error:
        tally.fail(error.message, error.hint)
    except BaseException as error:
        tally.fail(
            f"the action '{task.action}' broke: {type(error).__name__}: {error}", "this is an error in the action, not in the device"
        )


def _names(task: PlannedTask, work: HostWork, item: Any) -> Mapping[str, Any]:
    more = {"item": item} if item is not None else {}
    names = work.scope.names(**more)
    written = work.scope.written(task.vars)
    if not written:
        return names
    bound, _ = bind(written, names, frozenset(written), frozenset(), work.templates)
    return bound


def _shows(task: PlannedTask, work: HostWork) -> Callable[[str, str], None]:
    def show(text: str, title: str) -> None:
        if task.no_log:
            text, title = HIDDEN, ""
        work.tell(TextPrinted(host=work.host, task=task.name, text=text, title=title))

    return show


def _contexts(task: PlannedTask, work: HostWork, tally: _Tally) -> Callable[[CommandResult], ResultContext]:
    def make(result: CommandResult) -> ResultContext:
        names = {**_names(task, work, result.item), **tally.facts}
        return ResultContext(
            host=names["host"],
            task=task.name,
            command=result.command,
            output=result.output,
            item=result.item,
            truncated=result.truncated,
            platform=work.platform,
            output_dir=work.output_dir,
            root=work.root,
            templates=work.templates,
            shows=_shows(task, work),
            claims=work.claims,
            variables=names,
            parsed=result.parsed,
        )

    return make


def _finished(task: PlannedTask, work: HostWork, tally: _Tally, seconds: float) -> TaskFinished:
    status = TaskStatus.CHANGED if tally.changed else TaskStatus.OK
    if isinstance(tally.fatal, Stopped):
        status = TaskStatus.STOPPED
    elif tally.reason:
        status = TaskStatus.FAILED
    elif not tally.ran:
        status = TaskStatus.SKIPPED
    return TaskFinished(
        host=work.host,
        play=work.play.name,
        batch_number=work.batch_number,
        index=task.index,
        name=task.name,
        action=task.action,
        status=status,
        changed=tally.changed,
        ignored=status is TaskStatus.FAILED and task.ignore_errors and tally.fatal is None,
        reason=tally.reason,
        hint=tally.hint,
        results=tuple(tally.results),
        duration_seconds=seconds,
    )


def _register(task: PlannedTask, work: HostWork, event: TaskFinished, tally: _Tally, handled: Handled) -> None:
    """Ansible's names beside ours, so that the expressions people know work on what `register` gives."""
    work.scope.gain({**tally.facts, **handled.registered})
    if task.register is None:
        return
    outputs = [each.output for each in event.results]
    value = event.entry() | {
        "failed": event.status is TaskStatus.FAILED,
        "skipped": event.status is TaskStatus.SKIPPED,
        "stdout": outputs,
        "stdout_lines": [output.splitlines() for output in outputs],
    }
    if len(event.results) == 1:
        value |= {"output": event.results[0].output, "parsed": event.results[0].parsed}
    work.scope.gain({task.register: value})


def _tell(task: PlannedTask, work: HostWork, event: TaskFinished, handled: Handled) -> None:
    for error in handled.errors:
        work.tell(
            HandlerFailed(
                host=work.host,
                play=work.play.name,
                batch_number=work.batch_number,
                task=task.name,
                handler=error.handler,
                command=error.command,
                message=HIDDEN if task.no_log else error.message,
                hint=error.hint,
            )
        )
    for result in event.results:
        if result.truncated:
            work.tell(Warned(message=f"{work.host}: the output of '{result.command}' was longer than the limit and is cut"))
    work.tell(_hidden(event) if task.no_log else event)


def _hidden(event: TaskFinished) -> TaskFinished:
    """The event of a task with `no_log`: nothing of what was sent or received stays in it."""
    results = tuple(CommandResult(command=HIDDEN, output=HIDDEN, duration_seconds=each.duration_seconds) for each in event.results)
    return replace(event, results=results, reason=HIDDEN if event.reason else "", hint="")
