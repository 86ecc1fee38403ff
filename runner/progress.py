"""How far a job came in earlier processes, folded from its events: what must not be done again, what is left, what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from runner.events import BatchFinished, BatchStarted, Event, HostFinished, HostStarted, TaskFinished, WriteIntended
from runner.job_events import DoubtResolved, LinesTaken, RunInterrupted, RunResumed, WriteEnded
from runner.states import HostStatus, TaskStatus

Place = tuple[str, int, int, int]
"""One round of one task on one host: host, batch number (which says the play), index of the task in the play, round."""

ENDED = frozenset({HostStatus.OK, HostStatus.CHANGED, HostStatus.SKIPPED, HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.IN_DOUBT})
"""States in which a host's turn is over for this job; in doubt only until the doubt is resolved."""


@dataclass(kw_only=True)
class Progress:
    """What is known of a job's hosts; `apply` takes its events in their order.

    Attributes:
        turns: for each batch number and host how its turn ended; hosts that are not in it have not ended their turn.
        finished: tasks that wrote and ended, and so are passed over: host, batch number, index, with what they ended with.
        written: rounds that wrote and whose end is known, by place; `not_sent` ones are not in it.
        open: intents without an outcome, by place; in doubt once nobody works on them any more.
        intents: the intent of each round in `written` and `open`.
        taken: lines of each round that the device is known to have taken, where anything is known of that.
        unseen: tasks of which a round in doubt turned out to be done: what it gave is not known.
        batches: batches that were opened, by number; true where their end was told since.
    """

    turns: dict[int, dict[str, HostStatus]] = field(default_factory=dict)
    finished: dict[tuple[str, int, int], TaskFinished] = field(default_factory=dict)
    written: dict[Place, WriteEnded] = field(default_factory=dict)
    open: dict[Place, WriteIntended] = field(default_factory=dict)
    intents: dict[Place, WriteIntended] = field(default_factory=dict)
    unseen: set[tuple[str, int, int]] = field(default_factory=set)
    taken: dict[Place, int] = field(default_factory=dict)
    batches: dict[int, bool] = field(default_factory=dict)
    _rounds: dict[tuple[str, int, int], set[int]] = field(default_factory=dict)
    _seen: dict[Place, WriteEnded] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Progress:
        """The progress that these events add up to."""
        progress = cls()
        for event in events:
            progress.apply(event)
        return progress

    def apply(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case HostStarted():
                self.turns.get(event.batch_number, {}).pop(event.host, None)
            case WriteIntended():
                place = (event.host, event.batch_number, event.index, event.place)
                self.open[place] = self.intents[place] = event
                self.taken.pop(place, None)
            case LinesTaken():
                self.taken[(event.host, event.batch_number, event.index, event.place)] = event.applied
            case WriteEnded():
                self._write_ended(event)
            case DoubtResolved():
                self._resolved(event)
            case TaskFinished():
                task = (event.host, event.batch_number, event.index)
                if task in self._rounds and event.status not in (TaskStatus.STOPPED, TaskStatus.IN_DOUBT):
                    self.finished[task] = event
            case HostFinished() if event.status in ENDED:
                self.turns.setdefault(event.batch_number, {})[event.host] = event.status
            case BatchStarted():
                self.batches[event.batch_number] = False
            case BatchFinished():
                self.batches[event.batch_number] = True
            case RunInterrupted() | RunResumed():
                for host, number, _, _ in self.open:
                    self.turns.setdefault(number, {})[host] = HostStatus.IN_DOUBT
            case _:
                pass

    def doubts(self, host: str | None = None) -> tuple[WriteIntended, ...]:
        """Intents whose outcome nobody knows, of one host or of all."""
        return tuple(intent for place, intent in self.open.items() if host is None or place[0] == host)

    def came_to(self, intent: WriteIntended) -> str:
        """How many of its lines the device is known to have taken, in words; empty where nothing is known."""
        taken = self.taken.get((intent.host, intent.batch_number, intent.index, intent.place))
        return f"at least {taken} of {intent.lines} lines were taken" if taken and intent.lines else ""

    def ended(self, batch_number: int, host: str) -> HostStatus | None:
        """How the host's turn in this batch ended; None while it has not."""
        return self.turns.get(batch_number, {}).get(host)

    def rounds(self, host: str, batch_number: int, index: int) -> dict[int, WriteEnded]:
        """The rounds of a task on a host that are in `written`, in their order."""
        places = sorted(self._rounds.get((host, batch_number, index), ()))
        return {place: self.written[(host, batch_number, index, place)] for place in places}

    def as_done(self, intent: WriteIntended) -> WriteEnded:
        """The end of a round in doubt of which it turned out that it took effect; what was seen of it before is kept."""
        lines = intent.lines or None
        told = WriteEnded(
            host=intent.host,
            play=intent.play,
            batch_number=intent.batch_number,
            index=intent.index,
            place=intent.place,
            task=intent.task,
            outcome="in_doubt",
        )
        seen = self._seen.get((intent.host, intent.batch_number, intent.index, intent.place), told)
        return replace(seen, outcome="done", changed=True, reason="", hint="", applied=lines, total=lines)

    def _write_ended(self, event: WriteEnded) -> None:
        place = (event.host, event.batch_number, event.index, event.place)
        if event.outcome == "in_doubt":
            self._seen[place] = event
            if event.applied is not None:
                self.taken[place] = event.applied
            return
        self.open.pop(place, None)
        if event.outcome == "not_sent":
            self.intents.pop(place, None)
        else:
            self._keep(place, event)

    def _keep(self, place: Place, event: WriteEnded) -> None:
        self.written[place] = event
        self._rounds.setdefault(place[:3], set()).add(place[3])

    def _resolved(self, event: DoubtResolved) -> None:
        place = (event.host, event.batch_number, event.index, event.place)
        intent = self.open.pop(place, None)
        if event.verdict == "done" and intent is not None:
            self._keep(place, self.as_done(intent))
            self.unseen.add(place[:3])
        else:
            self.intents.pop(place, None)
        self._seen.pop(place, None)
        if not self.doubts(event.host):
            self.turns.get(event.batch_number, {}).pop(event.host, None)
