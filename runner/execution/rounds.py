"""Runs one round of a task: the action once on one host, the intent to write told before, and a truthful end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from runner.abilities import ChoosesConnection, ListsLines
from runner.contracts import Action, ActionResult, CommandResult
from runner.errors import InputError, RunnerError, SessionError, Stopped
from runner.events import TextPrinted, WriteIntended
from runner.execution.contexts import TaskActionContext
from runner.execution.recorded import RecordedSession
from runner.execution.results import invalid
from runner.execution.returned import checked
from runner.execution.work import HostWork, action_names
from runner.planning.plan import PlannedTask, Round
from runner.planning.registries import arguments_of

HIDDEN = "(hidden by no_log)"

OURS = "netmiko"
"""The one kind of connection that is guarded."""


@dataclass
class Tally:
    """What the rounds of a task have given so far.

    `fatal` is the end of the session or the stop that ended them; `in_doubt` says that a write may or may not have happened;
    `final` that the host cannot go on, whatever the task says about errors.
    """

    results: list[CommandResult] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    reason: str = ""
    hint: str = ""
    changed: bool = False
    ran: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    fatal: SessionError | Stopped | None = None
    in_doubt: bool = False
    final: bool = False
    wrote: bool = False
    applied: int | None = None
    total: int | None = None
    diff: str = ""

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
        self.count(done.applied, done.total)
        self.diff = "\n".join(filter(None, (self.diff.rstrip("\n"), done.diff)))
        if done.failed:
            self.fail(done.reason, done.hint)

    def count(self, applied: int | None, total: int | None) -> None:
        """Add lines of configuration."""
        if total is not None:
            self.applied, self.total = (self.applied or 0) + (applied or 0), (self.total or 0) + total


@dataclass
class _Under:
    """The action under way: what is known of it when something goes wrong. `at_once`: lines are in force without a commit."""

    recorded: RecordedSession | None
    direct: bool = False
    at_once: bool = True
    lines: tuple[str, ...] | None = None
    intended: bool = False
    context: TaskActionContext | None = None

    def in_doubt(self, error: BaseException) -> bool:
        """Whether something may have been written that nobody saw accepted or refused.

        What goes past the guarded session, as a task of Nornir or a user's function does, cannot be watched: begun and not ended in
        order, it counts as such a write. An InputError says that nothing was touched.
        """
        if not self.intended or isinstance(error, InputError | ValidationError):
            return False
        if self.direct or self.recorded is None or (self.context is not None and self.context.lent):
            return True
        return self.recorded.in_doubt(error)


def run_round(task: PlannedTask, place: int, each: Round, work: HostWork, tally: Tally) -> None:
    """One round, the `place`th of its task. An action is somebody's code: whatever it raises is its host's failure, never the run's end."""
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
        if (why := action.writes(arguments, work.facts)) and not _may_write(why, task, action, arguments, each, work, under, tally):
            return
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


def _may_write(
    why: str, task: PlannedTask, action: Action, arguments: Any, each: Round, work: HostWork, under: _Under, tally: Tally
) -> bool:
    """Tell that something is about to be written. When that cannot be kept, nothing is sent, and the host does not go on.

    Neither is anything sent to the device that would write although the plan, which a person said yes to, says that the task reads.
    """
    if (under.recorded is not None or under.direct) and not task.steps[work.host].writes:
        tally.fail(f"nothing was sent: {why}, and the plan says that this task only reads", "an error in planning or in the action")
        return False
    lines = action.lines(arguments) if isinstance(action, ListsLines) else None
    under.lines = lines
    if under.recorded is not None and lines:
        under.recorded.expected = lines
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
    under.intended = tally.wrote = True
    if under.recorded is not None:
        under.recorded.may_write = True
    if under.direct and under.context is not None:
        under.context.begin_to_write()
    return True


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
