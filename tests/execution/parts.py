"""A job run by several processes, each of which but the last dies at an event: what it had told goes through JSON to the next one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.contracts import Reply
from runner.events import Event, WriteIntended
from runner.execution.shared import Connect
from runner.job import OnInDoubt
from runner.job_events import LinesTaken, RunInterrupted, RunResumed
from runner.journal.document import write_json
from runner.journal.event_json import event_object
from runner.journal.event_read import event_of
from runner.journal.record import JobRecord
from runner.progress import Place, Progress
from runner.states import BAD, GOOD
from tests.execution.scenario import Answer, Scenario, healthy

Cut = tuple[str, int]
"""Where a process dies: `before` or `after` its n-th event, counted from 0, is on disk."""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Parts:
    """`sent` is what each device received, of all processes. `connect` gives real sessions instead of scripted ones."""

    folder: Path
    playbook: str
    hosts: int = 1
    answers: dict[str, Answer] = field(default_factory=dict)
    connect: Connect | None = None
    opens: dict[str, Callable[[], None]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    sent: dict[str, list[str]] = field(default_factory=dict)
    on_in_doubt: OnInDoubt = "ask"

    def run(self, cut: Cut | None = None, verdicts: dict[Place, str] | None = None) -> bool:
        """One process; whether it came to the end of its work."""
        if self.events:
            self.events.append(RunResumed(job_id="j", by="ann", hosts=self.left()))
        process = Scenario(self.folder, hosts=self.hosts, past=tuple(self.events), on_in_doubt=self.on_in_doubt, verdicts=verdicts or {})
        process.opens, process.connect = self.opens, self.connect
        told = 0

        def gate(event: Event) -> None:
            if isinstance(event, LinesTaken):  # in mid write; the crash suite kills real processes there
                return
            if cut is not None and told >= cut[1] + (cut[0] == "after"):
                raise Killed

        def watch(event: Event) -> None:
            nonlocal told
            told += not isinstance(event, LinesTaken)
            if cut == ("after", told - 1):
                raise Killed

        process.gate, process.watch = gate, watch
        process.answers = {f"r{n}": _Answers(self, f"r{n}") for n in range(1, self.hosts + 1)}
        with suppress(Killed):
            process.run(self.playbook)
        self.plan = process.plan
        self.events += [event_of(json.loads(json.dumps(event_object(event, str, exact=True)))) for event in process.events]
        killed = cut is not None and told >= cut[1] + (cut[0] == "after")
        if killed:
            self.events.append(RunInterrupted(job_id="j", reason="the process is gone"))
        return not killed

    def progress(self) -> Progress:
        """How far it came."""
        return Progress.of(self.events)

    def doubts(self) -> tuple[WriteIntended, ...]:
        """What is in doubt."""
        return self.progress().doubts()

    def truth(self, command: Callable[[WriteIntended], str]) -> dict[Place, str]:
        """What a person says who has looked at the device: whether it received the command of each intent in doubt."""
        return {
            (each.host, each.batch_number, each.index, each.place): "done" if command(each) in self.sent.get(each.host, ()) else "not_done"
            for each in self.doubts()
        }

    def left(self) -> tuple[str, ...]:
        """The hosts that have not ended."""
        with self.record() as record:
            return tuple(name for name, host in record.hosts.items() if host.status not in BAD | GOOD)

    def record(self) -> JobRecord:
        """The record that the events add up to."""
        batches = [(batch.number, play.name, len(batch.hosts), batch.hosts) for play, batch in self.plan.batches]
        record = JobRecord.of_plan("j", "x.yaml", 1, batches, self.plan.hosts)
        for event in self.events:
            record.apply(event)
        return record

    def document(self) -> dict[str, Any]:
        """The record as JSON, without times."""
        stream = io.StringIO()
        with self.record() as record:
            write_json(record, stream)
        return _timeless(json.loads(stream.getvalue()))


class _Answers(dict[str, Answer]):
    """The answers of one device, each noted when its command comes."""

    def __init__(self, job: Parts, host: str) -> None:
        super().__init__()
        self._job, self._host = job, host

    def get(self, command: str, default: Any = None) -> Answer:
        def answer(sent: str) -> Reply:
            self._job.sent.setdefault(self._host, []).append(sent)
            return self._job.answers.get(sent, healthy)(sent)

        return answer


_TIMES = frozenset({"duration_seconds", "start_time", "end_time", "status", "reason", "exit_code"})
"""Of these, the last three are left out for the job alone, whose end is not execution's."""


def _timeless(document: dict[str, Any]) -> dict[str, Any]:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in ("duration_seconds", "start_time", "end_time")}
        return [without(each) for each in value] if isinstance(value, list) else value

    return {key: without(value) for key, value in document.items() if key not in _TIMES}
