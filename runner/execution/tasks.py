"""Runs one task of a play on one host: its rounds, then its result handlers, then what it registers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner import crash_points
from runner.arguments import expression_fields
from runner.contracts import CommandResult
from runner.errors import SessionError, Stopped
from runner.events import HandlerFailed, TaskFinished, Warned
from runner.execution.contexts import ResultContext
from runner.execution.past import HIDDEN, gaps, known
from runner.execution.results import Handled, handle, without_results
from runner.execution.rounds import OURS, hidden, run_round, shows
from runner.execution.tally import Tally, tally_of
from runner.execution.work import HostWork, handler_names
from runner.planning.plan import PlannedTask, Round, Step
from runner.planning.steps import StepError, expand
from runner.playbook.render import TemplateError
from runner.states import TaskStatus


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a task ended. `final` is true when the host cannot go on, whatever the task says about errors; `fatal` is what ended its
    session, if that is why; `wrote` that it sent, or may have sent, something that changes the device.
    """

    event: TaskFinished
    fatal: SessionError | Stopped | None = None
    final: bool = False
    wrote: bool = False

    @property
    def host_goes_on(self) -> bool:
        """Whether the host's next task may run."""
        return not self.final and (self.event.status is not TaskStatus.FAILED or self.event.ignored)


def run_task(task: PlannedTask, work: HostWork) -> Outcome:
    """Run a task on a host, tell its end, and give the host's later tasks what it registered.

    Of a task that an earlier process has ended nothing is done and nothing told.
    """
    if (ended := work.past.finished.get(task.index)) is not None:
        return _pass_over(task, ended, work)
    started = time.monotonic()
    tally = Tally()
    try:
        rounds = step_of(task, work).rounds
    except (StepError, TemplateError) as error:
        _take_written(task, work, tally, beyond=0)
        tally.ran = True
        because = error.error if isinstance(error, StepError) else error
        tally.fail(because.message, because.hint)
    else:
        _run_rounds(task, rounds, work, tally)
    handled = _handled(task, work, tally)
    event = _finished(task, work, tally, time.monotonic() - started)
    _register(task, work, event, {**tally.facts, **handled.registered})
    if tally.wrote and handled.registered:
        event = replace(event, registered=handled.registered)
    shown = _hidden(event) if task.no_log else event
    _tell(task, work, shown, handled)
    return Outcome(event=shown, fatal=tally.fatal, final=tally.final, wrote=tally.here)


def _run_rounds(task: PlannedTask, rounds: Sequence[Round], work: HostWork, tally: Tally) -> None:
    """All rounds of a task that only reads, as in Ansible; one that writes goes no further than its first failure.

    Rounds that an earlier process has written count as begun here, also where their condition is not met any more.
    """
    begun, written = 0, work.past.rounds(task.index)
    for place, each in enumerate(rounds):
        if place in written and (why := work.past.another_item(task.index, place, each.item)):
            tally.fail(why, "what is left of the loop cannot be known: look at the device, and retry the host")
            tally.final = True
        if place in written:
            tally.take(tally_of(written[place]))
        elif each.skip or tally.final or (tally.reason and tally.wrote):
            continue
        else:
            tally.take(run_round(task, place, each, work))
        begun += 1
    _take_written(task, work, tally, beyond=len(rounds))
    every = sum(not each.skip or place in written for place, each in enumerate(rounds))
    if task.loop is not None and tally.reason and tally.wrote and every > 1:
        before = f"; {begun - 1} before it {'is' if begun == 2 else 'are'} done" if begun > 1 else ""
        after = f"; {every - begun} not begun" if every > begun else ""
        tally.reason = f"item {begun} of {every}: {tally.reason}{before}{after}"


def _take_written(task: PlannedTask, work: HostWork, tally: Tally, beyond: int) -> None:
    """What was written in rounds that the loop does not have any more counts as well."""
    for place, ended in work.past.rounds(task.index).items():
        if place >= beyond:
            tally.take(tally_of(ended))


def _pass_over(task: PlannedTask, ended: TaskFinished, work: HostWork) -> Outcome:
    """Give later tasks what an earlier process had given them, as far as the record keeps it."""
    _register(task, work, ended, known({**work.past.facts(task.index), **(ended.registered or {})}), known)
    return Outcome(event=ended)


def _handled(task: PlannedTask, work: HostWork, tally: Tally) -> Handled:
    """Give the results, those of a session that broke later among them, to the result handlers; not one that was refused."""
    good = [place for place in range(len(tally.results)) if place not in tally.refused]
    if not good or not task.on_result or isinstance(tally.fatal, Stopped):
        return Handled(results=(), registered={}, errors=())
    if task.no_log and any(tally.results[place].command == HIDDEN for place in good):
        handled = without_results(task.on_result, work.registries)
        if handled.refused:
            tally.fail(handled.refused)
        return handled
    handled = handle(
        task.on_result, [tally.results[place] for place in good], _contexts(task, work, tally), work.registries, work.templates
    )
    for place, result in zip(good, handled.results, strict=True):
        tally.results[place] = result
    if handled.refused:
        tally.fail(handled.refused)
    return handled


def step_of(task: PlannedTask, work: HostWork) -> Step:
    """The step of the plan, or the one that planning left for now: every variable it waited for has its value.

    Raises StepError, TemplateError.
    """
    step = task.steps[work.host]
    if not step.deferred:
        return step
    expressions = expression_fields(work.registries.actions.get(task.action).arguments)
    return expand(task, work.scope.written(task.vars), work.scope.names(), expressions, work.templates)


def _contexts(task: PlannedTask, work: HostWork, tally: Tally) -> Callable[[CommandResult], ResultContext]:
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
            shows=shows(task, work),
            claims=work.claims,
            variables=names,
            parsed=result.parsed,
        )

    return make


def _finished(task: PlannedTask, work: HostWork, tally: Tally, seconds: float) -> TaskFinished:
    status = TaskStatus.CHANGED if tally.changed else TaskStatus.OK
    if tally.in_doubt:
        status = TaskStatus.IN_DOUBT
    elif isinstance(tally.fatal, Stopped):
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
        ignored=status is TaskStatus.FAILED and task.ignore_errors and not tally.final,
        reason=tally.reason,
        hint=tally.hint,
        results=tuple(tally.results),
        applied=tally.applied,
        total=tally.total,
        diff=tally.diff,
        unguarded=task.connection not in ("", OURS),
        duration_seconds=seconds,
    )


def _register(
    task: PlannedTask, work: HostWork, event: TaskFinished, gained: Mapping[str, Any], mended: Callable[[Any], Any] = lambda value: value
) -> None:
    """Ansible's names beside ours, so that the expressions people know work on what `register` gives."""
    unseen = task.index in work.past.unseen
    if unseen:
        work.scope.gain(gaps(_registered_by(task)))
    work.scope.gain(gained)
    if task.register is None:
        return
    outputs = [each.output for each in event.results]
    value = event.entry() | {
        "failed": event.status in (TaskStatus.FAILED, TaskStatus.IN_DOUBT),
        "skipped": event.status is TaskStatus.SKIPPED,
        "stdout": outputs,
        "stdout_lines": [output.splitlines() for output in outputs],
    }
    if unseen:
        value |= gaps(("stdout", "stdout_lines", "results", "output", "parsed"))
    elif len(event.results) == 1:
        value |= {"output": event.results[0].output, "parsed": event.results[0].parsed}
    work.scope.gain({task.register: mended(value)})


def _registered_by(task: PlannedTask) -> list[str]:
    """The names that its result handlers register."""
    names = (call.arguments.get("register") for call in task.on_result if isinstance(call.arguments, Mapping))
    return [name for name in names if isinstance(name, str)]


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
    crash_points.here("before_task_end")
    work.tell(event)


def _hidden(event: TaskFinished) -> TaskFinished:
    """The event of a task with `no_log`: nothing of what was sent or received stays in it."""
    registered = dict.fromkeys(event.registered, HIDDEN) if event.registered else None
    reason = HIDDEN if event.reason else ""
    return replace(event, results=hidden(event.results), reason=reason, hint="", diff="", registered=registered)
