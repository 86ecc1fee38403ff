"""Runs one task of a play on one host: its rounds, then its result handlers, then what it registers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from runner.arguments import expression_fields
from runner.contracts import ActionResult, CommandResult
from runner.errors import RunnerError, SessionError, Stopped
from runner.events import HandlerFailed, TaskFinished, TextPrinted, Warned
from runner.execution.contexts import RecordedSession, ResultContext, TaskActionContext
from runner.execution.results import Handled, handle, invalid
from runner.execution.returned import checked
from runner.execution.work import HostWork, action_names, handler_names
from runner.planning.plan import PlannedTask, Round, Step
from runner.planning.registries import arguments_of
from runner.planning.steps import StepError, expand
from runner.playbook.render import TemplateError
from runner.states import TaskStatus

HIDDEN = "(hidden by no_log)"


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
    refused: set[int] = field(default_factory=set)
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
        self.results += [replace(each, item=item) for each in done.results]
        if done.failed and done.results:
            self.refused.add(len(self.results) - 1)
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
    handled = _handled(task, work, tally)
    event = _finished(task, work, tally, time.monotonic() - started)
    _register(task, work, event, tally, handled)
    shown = _hidden(event) if task.no_log else event
    _tell(task, work, shown, handled)
    return Outcome(event=shown, fatal=tally.fatal)


def _handled(task: PlannedTask, work: HostWork, tally: _Tally) -> Handled:
    """Give the results, those of a session that broke later among them, to the result handlers; not one that was refused."""
    good = [place for place in range(len(tally.results)) if place not in tally.refused]
    if not good or not task.on_result or isinstance(tally.fatal, Stopped):
        return Handled(results=(), registered={}, errors=())
    handled = handle(
        task.on_result, [tally.results[place] for place in good], _contexts(task, work, tally), work.registries, work.templates
    )
    for place, result in zip(good, handled.results, strict=True):
        tally.results[place] = result
    if handled.refused:
        tally.fail(handled.refused)
    return handled


def _step(task: PlannedTask, work: HostWork) -> Step:
    """The step of the plan, or the one that planning left for now: every variable it waited for has its value."""
    step = task.steps[work.host]
    if not step.deferred:
        return step
    expressions = expression_fields(work.registries.actions.get(task.action).arguments)
    return expand(task, work.scope.written(task.vars), work.scope.names(), expressions, work.templates)


def _run_round(task: PlannedTask, each: Round, work: HostWork, tally: _Tally) -> None:
    """One round. An action is somebody's code: whatever it raises is this host's failure and never ends the run."""
    recorded = RecordedSession(work.session) if work.session is not None and task.needs_session else None
    try:
        if not work.proceed():
            raise Stopped("stopped before this task")
        action = work.registries.actions.get(task.action)
        context = TaskActionContext(
            host=work.scope.names()["host"],
            variables=action_names(task, work, each.item),
            item=each.item,
            templates=work.templates,
            shows=_shows(task, work),
            recorded=recorded,
            platform=work.facts,
            root=work.root,
            nornir_task=work.nornir_task,
        )
        arguments = arguments_of(action, each.arguments)
        if reason := action.writes(arguments, work.facts):  # planning has refused it where it could know the arguments
            tally.fail(f"{reason}, and this version only reads from devices")
            return
        tally.add(checked(action.run(arguments, context)), each.item)
    except (SessionError, Stopped) as error:
        replies = recorded.replies if recorded else []
        tally.results += [
            CommandResult(
                command=reply.command,
                output=reply.output,
                duration_seconds=reply.duration_seconds,
                truncated=reply.truncated,
                item=each.item,
            )
            for reply in replies
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


def _shows(task: PlannedTask, work: HostWork) -> Callable[[str, str], None]:
    def show(text: str, title: str) -> None:
        if task.no_log:
            text, title = HIDDEN, ""
        work.tell(TextPrinted(host=work.host, task=task.name, text=text, title=title))

    return show


def _contexts(task: PlannedTask, work: HostWork, tally: _Tally) -> Callable[[CommandResult], ResultContext]:
    def make(result: CommandResult) -> ResultContext:
        names = {**handler_names(task, work, result.item), **tally.facts}
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
                command=HIDDEN if task.no_log else error.command,
                message=HIDDEN if task.no_log else error.message,
                hint="" if task.no_log else error.hint,
            )
        )
    for result in event.results:
        if result.truncated:
            work.tell(Warned(message=f"{work.host}: the output of '{result.command}' was longer than the limit and is cut"))
    work.tell(event)


def _hidden(event: TaskFinished) -> TaskFinished:
    """The event of a task with `no_log`: nothing of what was sent or received stays in it."""
    results = tuple(replace(each, command=HIDDEN, output=HIDDEN, parsed=None, item=None) for each in event.results)
    return replace(event, results=results, reason=HIDDEN if event.reason else "", hint="")
