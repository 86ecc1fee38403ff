"""Runs one round of a task: the action once on one host, the intent to write told before, and a truthful end."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from runner import crash_points
from runner.abilities import ChoosesConnection, ListsLines
from runner.contracts import Action, CommandResult
from runner.errors import InputError, RunnerError, SessionError, Stopped
from runner.events import TextPrinted, WriteIntended
from runner.execution.contexts import TaskActionContext
from runner.execution.past import HIDDEN
from runner.execution.recorded import RecordedSession
from runner.execution.results import invalid
from runner.execution.returned import checked
from runner.execution.tally import Tally
from runner.execution.work import HostWork, action_names
from runner.job_events import LinesTaken, WriteEnded
from runner.planning.plan import PlannedTask, Round
from runner.planning.registries import arguments_of

OURS = "netmiko"
"""The one kind of connection that is guarded."""

_TOLD_AT_MOST = 10
"""How often a write tells how many of its lines were taken."""


@dataclass
class _Under:
    """The action under way: what is known of it when something goes wrong.

    `at_once`: lines are in force without a commit. `begun`: the action itself was called. `untouched`: it says that it did nothing.
    """

    recorded: RecordedSession | None
    direct: bool = False
    at_once: bool = True
    lines: tuple[str, ...] | None = None
    intended: bool = False
    begun: bool = False
    untouched: bool = False
    context: TaskActionContext | None = None

    def in_doubt(self, error: BaseException) -> bool:
        """Whether something may have been written that nobody saw accepted or refused.

        What goes past the guarded session, as a task of Nornir or a user's function does, cannot be watched: begun and not ended in
        order, it counts as such a write. An InputError says that nothing was touched.
        """
        if not self.intended or not self.begun or isinstance(error, InputError | ValidationError):
            return False
        if self._unwatched:
            return True
        return self.recorded is None or self.recorded.in_doubt(error)

    @property
    def sent(self) -> bool:
        """Whether anything that writes was, or may have been, sent."""
        if not self.begun or self.untouched:
            return False
        return self._unwatched or self.recorded is None or self.recorded.began

    @property
    def _unwatched(self) -> bool:
        return self.direct or self.recorded is None or (self.context is not None and self.context.lent)


def run_round(task: PlannedTask, place: int, each: Round, work: HostWork) -> Tally:
    """One round, the `place`th of its task, and what it gave. The end of one that told an intent to write is told before this returns."""
    tally = Tally(ran=True)
    under = _run(task, place, each, work, tally)
    if under.intended:
        crash_points.here("after_answer")
        _tell_end(_write_ended(task, place, work, under, tally), work)
        crash_points.here("after_record")
    return tally


def _run(task: PlannedTask, place: int, each: Round, work: HostWork, tally: Tally) -> _Under:
    """An action is somebody's code: whatever it raises is its host's failure, never the run's end."""
    guarded = work.session if task.needs_session and task.connection in ("", OURS) else None
    recorded = RecordedSession(guarded, work.facts, work.control.cancelled, work.holds) if guarded is not None else None
    under = _Under(recorded)
    try:
        work.control.check("this task")
        action = work.registries.actions.get(task.action)
        under.direct = isinstance(action, ChoosesConnection)
        under.at_once = work.facts.config is None or not work.facts.config.candidate
        context = under.context = _context(task, place, each, work, under.recorded)
        arguments = arguments_of(action, each.arguments)
        if why := action.writes(arguments, work.facts):
            if not _may_write(why, task, place, action, arguments, each, work, under, tally):
                return under
            if work.control.cancelled.is_set():
                raise Stopped("stopped by the user before anything was written")
        under.begun = True
        tally.add(checked(action.run(arguments, context)), each.item)
    except (SessionError, Stopped) as error:
        if isinstance(error, Stopped) and work.control.proceed():  # an action asked a person, and the answer was to stop
            work.control.stop(error.message)
        _cut(error, each, under, tally)
    except (ValidationError, RunnerError) as error:
        said = f"{task.action}: {invalid(error)}" if isinstance(error, ValidationError) else error.message
        _broken(error, said, "" if isinstance(error, ValidationError) else error.hint, under, tally)
    except BaseException as error:
        said = f"the action '{task.action}' broke: {type(error).__name__}: {error}"
        _broken(error, said, "this is an error in the action, not in the device", under, tally)
    finally:
        if under.recorded is not None:
            under.recorded.finishing = False
    return under


def _may_write(
    why: str, task: PlannedTask, place: int, action: Action, arguments: Any, each: Round, work: HostWork, under: _Under, tally: Tally
) -> bool:
    """Tell that something is about to be written. When that cannot be kept, nothing is sent, and the host does not go on.

    Neither is anything sent to the device that would write although the plan, which a person said yes to, says that the task reads.
    """
    if (under.recorded is not None or under.direct) and not task.steps[work.host].writes:
        tally.fail(f"nothing was sent: {why}, and the plan says that this task only reads", "an error in planning or in the action")
        return False
    if work.past.untold:
        tally.fail(f"nothing was sent, as the end of the write before it could not be recorded: {work.past.untold}")
        tally.final = True
        return False
    lines = action.lines(arguments) if isinstance(action, ListsLines) else None
    under.lines = lines
    if under.recorded is not None and lines:
        under.recorded.expected = lines
    crash_points.here("before_intent")
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest() if lines and not task.no_log else ""
    try:
        work.tell(
            WriteIntended(
                host=work.host,
                play=work.play.name,
                batch_number=work.batch_number,
                index=task.index,
                task=task.name,
                action=task.action,
                place=place,
                item=None if task.no_log else each.item,
                lines=len(lines or ()),
                digest=digest,
            )
        )
    except Exception as error:
        said = error.message if isinstance(error, RunnerError) else f"{type(error).__name__}: {error}"
        tally.fail(f"nothing was sent, as the intent to write could not be recorded: {said}", getattr(error, "hint", ""))
        tally.final = True
        return False
    crash_points.here("after_intent")
    under.intended = tally.wrote = tally.here = True
    if under.recorded is not None:
        under.recorded.may_write = True
        under.recorded.on_taken = _tells_lines(task, place, work, len(lines or ()))
    if under.direct and under.context is not None:
        under.context.begin_to_write()
    return True


def _tells_lines(task: PlannedTask, place: int, work: HostWork, total: int) -> Callable[[int], None]:
    """What tells how far a write came, at most so often that a long one does not fill the record. It never ends the write."""
    told, step = 0, max(1, math.ceil(total / _TOLD_AT_MOST))

    def tell(applied: int) -> None:
        nonlocal told
        if applied < total and applied - told < step:
            return
        told = applied
        with suppress(Exception):
            work.tell(
                LinesTaken(
                    host=work.host,
                    play=work.play.name,
                    batch_number=work.batch_number,
                    index=task.index,
                    place=place,
                    task=task.name,
                    applied=applied,
                    total=total,
                )
            )

    return tell


def _cut(error: SessionError | Stopped, each: Round, under: _Under, tally: Tally) -> None:
    """The session ended, or a stop came, in the middle of the action: what was answered before is kept."""
    tally.results += [
        CommandResult(
            command=reply.command,
            output=reply.output,
            duration_seconds=reply.duration_seconds,
            truncated=reply.truncated,
            item=each.item,
        )
        for reply in (under.recorded.replies if under.recorded else [])
    ]
    tally.fatal, tally.final = error, True
    _broken(error, error.message, error.hint, under, tally)


def _broken(error: BaseException, said: str, hint: str, under: _Under, tally: Tally) -> None:
    """The action did not end in order: failed, or in doubt where a write was under way. Lines that were taken are counted."""
    under.untouched = isinstance(error, InputError | ValidationError)
    total = len(under.lines or ())
    done = under.recorded.accepted if under.recorded is not None and total else None
    doubtful = under.in_doubt(error)
    if under.intended and done is not None:
        tally.count(done, total)
        tally.changed |= done > 0 and under.at_once
        said = f"{said}; {done} of {total} lines were accepted"
    if doubtful:
        tally.in_doubt = tally.final = True
        what = "it" if done is None else "what followed" if done == total else "the next one"
        said = f"{said}; whether {what} took effect is not known"
        hint = hint or "look at the device before this is repeated"
    tally.fail(said, hint)


def _write_ended(task: PlannedTask, place: int, work: HostWork, under: _Under, tally: Tally) -> WriteEnded:
    outcome = "in_doubt" if tally.in_doubt else "done" if not tally.reason else "failed" if under.sent else "not_sent"
    event = WriteEnded(
        host=work.host,
        play=work.play.name,
        batch_number=work.batch_number,
        index=task.index,
        place=place,
        task=task.name,
        outcome=outcome,
        changed=tally.changed,
        reason=tally.reason,
        hint=tally.hint,
        results=tuple(tally.results),
        facts=tally.facts or None,
        applied=tally.applied,
        total=tally.total,
        diff=tally.diff,
    )
    if not task.no_log:
        return event
    facts = dict.fromkeys(tally.facts, HIDDEN) or None
    return replace(event, results=hidden(event.results), facts=facts, reason=HIDDEN if event.reason else "", hint="", diff="")


def hidden(results: tuple[CommandResult, ...]) -> tuple[CommandResult, ...]:
    """The results of a task with `no_log`."""
    return tuple(replace(each, command=HIDDEN, output=HIDDEN, parsed=None, item=None) for each in results)


def _tell_end(event: WriteEnded, work: HostWork) -> None:
    """What was sent cannot be taken back: where its end is not kept, the run goes on, but this host writes nothing more."""
    try:
        work.tell(event)
    except Exception as error:
        work.past.untold = error.message if isinstance(error, RunnerError) else f"{type(error).__name__}: {error}"


def _context(task: PlannedTask, place: int, each: Round, work: HostWork, recorded: RecordedSession | None) -> TaskActionContext:
    return TaskActionContext(
        host=work.scope.names()["host"],
        variables=action_names(task, work, each.item),
        item=each.item,
        shows=shows(task, work),
        recorded=recorded,
        work=work,
        place=(task.index, place),
    )


def shows(task: PlannedTask, work: HostWork) -> Callable[[str, str], None]:
    """How this task shows a text under a title."""

    def show(text: str, title: str) -> None:
        if task.no_log:
            text, title = HIDDEN, ""
        work.tell(TextPrinted(host=work.host, task=task.name, text=text, title=title))

    return show
