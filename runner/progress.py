"""How far a job came in earlier processes, folded from its events: what must not be done again, what is left, what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.events import Event, HostFinished, HostStarted, TaskFinished, WriteIntended
from runner.job_events import DoubtResolved, RunInterrupted, RunResumed, WriteEnded
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
    """

    turns: dict[int, dict[str, HostStatus]] = field(default_factory=dict)
    finished: dict[tuple[str, int, int], TaskFinished] = field(default_factory=dict)
    written: dict[Place, WriteEnded] = field(default_factory=dict)
    open: dict[Place, WriteIntended] = field(default_factory=dict)

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
                self.open[(event.host, event.batch_number, event.index, event.place)] = event
            case WriteEnded():
                self._write_ended(event)
            case DoubtResolved():
                self._resolved(event)
            case TaskFinished():
                wrote = any(place[:3] == (event.host, event.batch_number, event.index) for place in self.written)
                if wrote and event.status not in (TaskStatus.STOPPED, TaskStatus.IN_DOUBT):
                    self.finished[(event.host, event.batch_number, event.index)] = event
            case HostFinished() if event.status in ENDED:
                self.turns.setdefault(event.batch_number, {})[event.host] = event.status
            case RunInterrupted() | RunResumed():
                for host, number, _, _ in self.open:
                    self.turns.setdefault(number, {})[host] = HostStatus.IN_DOUBT
            case _:
                pass

    def doubts(self, host: str | None = None) -> tuple[WriteIntended, ...]:
        """Intents whose outcome nobody knows, of one host or of all."""
        return tuple(intent for place, intent in self.open.items() if host is None or place[0] == host)

    def ended(self, batch_number: int, host: str) -> HostStatus | None:
        """How the host's turn in this batch ended; None while it has not."""
        return self.turns.get(batch_number, {}).get(host)

    def _write_ended(self, event: WriteEnded) -> None:
        place = (event.host, event.batch_number, event.index, event.place)
        if event.outcome == "in_doubt":
            return
        self.open.pop(place, None)
        if event.outcome != "not_sent":
            self.written[place] = event

    def _resolved(self, event: DoubtResolved) -> None:
        place = (event.host, event.batch_number, event.index, event.place)
        self.open.pop(place, None)
        if event.verdict == "done":
            self.written[place] = WriteEnded(
                host=event.host,
                play=event.play,
                batch_number=event.batch_number,
                index=event.index,
                place=event.place,
                task=event.task,
                outcome="done",
                changed=True,
            )
        if not self.doubts(event.host):
            self.turns.get(event.batch_number, {}).pop(event.host, None)
