"""What earlier processes of the job did with one host in its batch, so that it is not done to it again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.events import TaskFinished, WriteIntended
from runner.job_events import WriteEnded
from runner.planning.plan import PlannedPlay
from runner.playbook.sandbox import Missing
from runner.progress import Progress
from runner.secret import MASK
from runner.states import TaskStatus

HIDDEN = "(hidden by no_log)"
"""What stands for all that a task with `no_log` sent and received."""

GONE = "what it was before the job was interrupted is not known any more: it was masked in the record (no_log, or a secret in it)"

UNSEEN = "what the device answered is not known: the job was interrupted before it was read"


@dataclass(kw_only=True)
class Past:
    """Belongs to the thread of its host.

    Attributes:
        finished: tasks that wrote and ended, by index: they are passed over.
        doubts: intents whose outcome is not known, in the order of their tasks.
        changed: why none of it fits the play as it is now; empty where it does.
        unseen: tasks of which a round in doubt turned out to be done: what it gave is not known.
        untold: why the end of a write of this process could not be recorded: then nothing more is written.
    """

    finished: Mapping[int, TaskFinished] = field(default_factory=dict)
    doubts: list[WriteIntended] = field(default_factory=list)
    changed: str = ""
    untold: str = ""
    unseen: set[int] = field(default_factory=set)
    _progress: Progress = field(default_factory=Progress)
    _written: dict[int, dict[int, WriteEnded]] = field(default_factory=dict)
    _intents: dict[tuple[int, int], WriteIntended] = field(default_factory=dict)

    @classmethod
    def of(cls, progress: Progress, play: PlannedPlay, host: str, number: int) -> Past:
        """What is known of a host whose turn in this batch of the play is still to come, or to come again."""
        if not progress.batches:
            return cls()
        tasks = range(len(play.tasks))
        finished = {index: event for index in tasks if (event := progress.finished.get((host, number, index)))}
        written = {index: rounds for index in tasks if (rounds := progress.rounds(host, number, index))}
        doubts = sorted((each for each in progress.doubts(host) if each.batch_number == number), key=lambda each: each.index)
        past = cls(finished=finished, doubts=doubts, _progress=progress, _written=written)
        past._intents = {
            (index, place): intent
            for index, rounds in written.items()
            for place in rounds
            if (intent := progress.intents.get((host, number, index, place)))
        }
        past.unseen = {index for index in tasks if (host, number, index) in progress.unseen}
        past.changed = _changed(play, {index: next(iter(rounds.values())).task for index, rounds in written.items()})
        return past

    @property
    def wrote(self) -> bool:
        """Whether anything was, or may have been, written."""
        return bool(self._written or self.doubts)

    def rounds(self, index: int) -> Mapping[int, WriteEnded]:
        """The rounds of a task that wrote, by place."""
        return self._written.get(index, {})

    def another_item(self, index: int, place: int, item: Any) -> str:
        """Why a round that was written is not the one that the loop gives now; empty where it is."""
        intent = self._intents.get((index, place))
        if intent is None or intent.item is None or _same(intent.item, item):
            return ""
        return f"item {place + 1} of the loop was {_short(intent.item)} when it was written, and is {_short(item)} now"

    def resolve(self, intent: WriteIntended, *, done: bool) -> None:
        """A doubt is one no longer: the round was done, or is to be run."""
        self.doubts.remove(intent)
        if done:
            self.unseen.add(intent.index)
            self._written.setdefault(intent.index, {})[intent.place] = self._progress.as_done(intent)
            self._intents[(intent.index, intent.place)] = intent

    def bad_end(self) -> TaskFinished | None:
        """The task with which the host's work had ended, though this was not told any more."""
        ends = (event for event in self.finished.values() if event.status is TaskStatus.FAILED and not event.ignored)
        return next(ends, None)

    def facts(self, index: int) -> dict[str, Any]:
        """What the rounds of a task set (`set_fact`)."""
        found: dict[str, Any] = {}
        for ended in self.rounds(index).values():
            found.update(ended.facts or {})
        return found


def gaps(names: Iterable[str]) -> dict[str, Any]:
    """Names for what nobody saw: undefined, and they say why where they are used."""
    return {name: Missing(hint=UNSEEN) for name in names}


def known(value: Any) -> Any:
    """A value that comes back from the record. What was masked there is undefined, and says why where it is used."""
    if isinstance(value, str):
        return Missing(hint=GONE) if MASK in value or value == HIDDEN else value
    if isinstance(value, Mapping):
        return {key: known(each) for key, each in value.items()}
    return [known(each) for each in value] if isinstance(value, list | tuple) else value


def _changed(play: PlannedPlay, names: Mapping[int, str]) -> str:
    for index, name in names.items():
        now = play.tasks[index].name
        if name != now and MASK not in name:
            return f"task {index + 1} of the play was '{name}' when it was run, and is '{now}' now: what is left to do cannot be known"
    return ""


def _same(one: Any, other: Any) -> bool:
    """Equal as far as a record keeps values: it knows no tuples, all keys are texts, and secrets are masked."""
    before, now = (json.dumps(_rounded(each), default=str) for each in (one, other))
    return before == now or MASK in before


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def _short(item: Any) -> str:
    text = str(item)
    return f"'{text}'" if len(text) <= 40 else f"'{text[:40]}...'"
