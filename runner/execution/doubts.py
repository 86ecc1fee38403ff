"""Decides about writes of which nobody saw the end: a person's word, the task's own check on the device, or that it may be done twice."""

from __future__ import annotations

from typing import Any

from runner.errors import RunnerError, Stopped
from runner.events import Tell, WriteIntended
from runner.execution.past import HIDDEN, Past
from runner.execution.shared import PlayRun
from runner.execution.tasks import step_of
from runner.execution.work import HostWork
from runner.job_events import DoubtResolved
from runner.planning.plan import Check, PlannedBatch, PlannedPlay, PlannedTask
from runner.planning.steps import StepError, bind
from runner.playbook.render import TemplateError, Templates
from runner.progress import Place
from runner.secret import MASK

LOOK = "look at the device; when the job is resumed on a terminal, it asks whether it was done"


def turns_left(run: PlayRun, batch: PlannedBatch) -> tuple[str, ...]:
    """The hosts of a batch whose turn is still to come: no earlier process has ended it, or a doubt is all that is in its way and
    something can decide it. Hosts in doubt that nothing decides stay as they are.
    """
    ended = run.progress.turns.get(batch.number, {})
    doubts: dict[str, list[WriteIntended]] = {}
    for intent in run.progress.doubts():
        if intent.batch_number == batch.number:
            doubts.setdefault(intent.host, []).append(intent)
    return tuple(host for host in batch.hosts if (all(way(run, each) for each in doubts[host]) if host in doubts else host not in ended))


def way(run: PlayRun, intent: WriteIntended) -> str:
    """How a doubt can be decided: `person`, `verify`, `rerun`, or empty for not at all."""
    if _place(intent) in run.verdicts:
        return "person"
    task = _task_of(run.play, intent)
    if task is None:
        return ""
    if run.on_in_doubt == "verify" and task.verify is not None and run.play.needs_session(intent.host):
        return "verify"
    return "rerun" if run.on_in_doubt == "rerun" and task.idempotent else ""


def tell_decided(run: PlayRun, past: Past) -> None:
    """Decide what needs no look at the device. Nothing is repeated before that is told; raises Stopped where it cannot be."""
    for intent in tuple(past.doubts):
        how = way(run, intent)
        if how == "person":
            verdict = run.verdicts[_place(intent)]
            _resolve(run.tell, past, intent, verdict, how, f"a person said: {verdict.replace('_', ' ')}")
        elif how == "rerun":
            _resolve(run.tell, past, intent, "not_done", how, "the task is idempotent")


def still(past: Past) -> str:
    """That it is still not known whether writes took effect, as the end of a sentence."""
    names = " and ".join(f"'{intent.task}'" for intent in past.doubts)
    return f"whether task {names} took effect before the job was interrupted is not known"


def verify(task: PlannedTask, work: HostWork) -> str:
    """Decide by the task's own check, in the open session, what is in doubt about it; why that cannot be, empty where it is decided.

    Raises what the session raises, and Stopped.
    """
    for intent in [each for each in work.past.doubts if each.index == task.index]:
        held, detail = (None, "there is no check") if task.verify is None else _check(task, task.verify, intent, work)
        detail = HIDDEN if task.no_log else detail
        if held is None:
            return f"{detail}; {still(work.past)}"
        _resolve(work.tell, work.past, intent, "done" if held else "not_done", "verify", detail)
    return ""


def _check(task: PlannedTask, check: Check, intent: WriteIntended, work: HostWork) -> tuple[bool | None, str]:
    """Whether what the check says holds, None where that cannot be said, and in words what it saw."""
    if work.session is None:
        return None, "there is no session for the check"
    try:
        names = _names(task, check, intent, work)
        outputs: dict[str, str] = {}
        for command in work.templates.render(check.commands, names):
            if why := _unfit(command, work):
                return None, f"the check was not made: {why}"
            reply = work.session.send(command)
            if reply.error or reply.truncated:
                return None, f"the check's command '{command}' {f'was refused: {reply.error}' if reply.error else 'gave too much'}"
            outputs[command] = reply.output
        work.session.check()
        seen = {**names, "output": "\n".join(outputs.values()), "outputs": outputs}
        held = all(bool(work.templates.evaluate(text, seen)) for text in check.that)
    except (TemplateError, StepError) as error:
        return None, f"the check cannot be made: {error.error.message if isinstance(error, StepError) else error.message}"
    asked = ", ".join(f"'{command}'" for command in outputs)
    return held, f"after {asked} it is {str(held).lower()} that {' and '.join(check.that)}"


def _unfit(command: Any, work: HostWork) -> str:
    if not isinstance(command, str) or not command.strip() or len(command.splitlines()) != 1:
        return f"{command!r} is not one command"
    return work.facts.why_it_writes(command)


def _names(task: PlannedTask, check: Check, intent: WriteIntended, work: HostWork) -> dict[str, Any]:
    """The task's names, with the loop's value of the round in doubt. Raises TemplateError, StepError."""
    more: dict[str, Any] = {}
    if task.loop is not None:
        rounds = step_of(task, work).rounds
        if intent.place >= len(rounds):
            raise TemplateError("the loop does not come as far any more")
        more["item"] = rounds[intent.place].item
    wanted = names_of(check, work.templates)
    return bind(work.scope.written(task.vars), work.scope.names(**more), wanted, work.templates)


def names_of(check: Check, templates: Templates) -> frozenset[str]:
    """The names that a check uses. Raises TemplateError."""
    return templates.names(check.commands).union(*map(templates.expression_names, check.that))


def _resolve(tell: Tell, past: Past, intent: WriteIntended, verdict: str, how: str, detail: str) -> None:
    """Raises Stopped where the verdict cannot be recorded: then nothing follows from it."""
    try:
        tell(
            DoubtResolved(
                host=intent.host,
                play=intent.play,
                batch_number=intent.batch_number,
                index=intent.index,
                place=intent.place,
                task=intent.task,
                verdict=verdict,
                how=how,
                detail=detail,
            )
        )
    except Exception as error:
        said = error.message if isinstance(error, RunnerError) else f"{type(error).__name__}: {error}"
        raise Stopped(f"what was decided about task '{intent.task}' could not be recorded: {said}") from error
    past.resolve(intent, done=verdict == "done")


def _place(intent: WriteIntended) -> Place:
    return (intent.host, intent.batch_number, intent.index, intent.place)


def _task_of(play: PlannedPlay, intent: WriteIntended) -> PlannedTask | None:
    """The task of an intent, where it is still the one that it was."""
    task = play.tasks[intent.index] if intent.index < len(play.tasks) else None
    return task if task is not None and (task.name == intent.task or MASK in intent.task) else None
