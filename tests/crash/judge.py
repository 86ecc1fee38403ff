"""Judges what a job left behind: the store's events against what the lab's devices received, and the store against itself."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from runner.events import Event, HostFinished, TaskFinished, WriteIntended
from runner.job_events import DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.lab import Device, Fleet
from runner.states import GOOD, HostStatus, JobStatus, TaskStatus
from runner.store import tables
from runner.store.checking import check
from runner.store.reading import StoredJob, find, record_of
from runner.store.rebuilding import rebuild
from runner.store.store import Store
from tests.crash.scenario import STEPS, Scenario, Step, pushes, received

At = tuple[str, str, str, int]
"""Host, play, task, round."""


@dataclass(kw_only=True)
class Verdict:
    """What is wrong, in sentences by kind, and how many hosts ended in doubt."""

    doubles: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    store: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    in_doubt: int = 0

    @property
    def findings(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.doubles, *self.untrue, *self.store, *self.sessions)


@dataclass(kw_only=True)
class _Told:
    """What the events say of each round that wrote, counted here and nowhere else."""

    intents: Counter[At] = field(default_factory=Counter)
    not_done: Counter[At] = field(default_factory=Counter)
    not_sent: Counter[At] = field(default_factory=Counter)
    open: set[At] = field(default_factory=set)
    good: set[tuple[str, str, str]] = field(default_factory=set)
    ends: dict[tuple[str, str], HostStatus] = field(default_factory=dict)
    unconfirmed: int = 0  # a lab that gets no processor for 2 s does not answer a close: its session may outlast the batch, and is told so

    @classmethod
    def of(cls, events: list[Event]) -> _Told:
        told = cls()
        for event in events:
            told.take(event)
        return told

    def take(self, event: Event) -> None:
        match event:
            case WriteIntended():
                at = (event.host, event.play, event.task, event.place)
                self.intents[at] += 1
                self.open.add(at)
            case WriteEnded():
                at = (event.host, event.play, event.task, event.place)
                self.not_sent[at] += event.outcome == "not_sent"
                if event.outcome != "in_doubt":
                    self.open.discard(at)
            case DoubtResolved():
                at = (event.host, event.play, event.task, event.place)
                self.not_done[at] += event.verdict == "not_done"
                self.open.discard(at)
            case TaskFinished() if event.status in (TaskStatus.OK, TaskStatus.CHANGED):
                self.good.add((event.host, event.play, event.name))
            case HostFinished():
                self.ends[(event.host, event.play)] = event.status
                self.unconfirmed += not event.close_confirmed
            case _:
                pass


def judge(scenario: Scenario, fleet: Fleet, file: Path, job_id: str = "last") -> Verdict:
    """Of a job that has ended, when no process works on it any more."""
    verdict = Verdict()
    with Store.at(str(file), create=False) as store:
        job = find(store, job_id)
        events = [event for _, event in store.events(job.id)]
        statuses = _statuses(store, job)
        verdict.store += [*_cache(store), *_leftovers(store, job), *_order(events)]
    told = _Told.of(events)
    for device in scenario.devices:
        for step in STEPS:
            _judge_step(verdict, told, fleet, device, step)
        _judge_host(verdict, told, device.name, statuses[device.name])
    verdict.in_doubt = sum(status is HostStatus.IN_DOUBT for status in statuses.values())
    verdict.untrue += [f"{device}: {status.value} though the job has ended" for device, status in statuses.items() if status not in _ENDED]
    most, live = _most_at_once(scenario, fleet), fleet.counters().live
    if live or most > scenario.widest + told.unconfirmed:
        verdict.sessions.append(
            f"{live} sessions are left, {most} were open at once, {scenario.widest} may be, {told.unconfirmed} closes were not confirmed: "
            f"{_times(scenario, fleet)}"
        )
    return verdict


def _most_at_once(scenario: Scenario, fleet: Fleet) -> int:
    """Sessions from accept to close, of those that logged in: any program of this machine may knock at a port."""
    sessions = [each for device in scenario.devices for each in fleet.sessions(device.name) if each.authenticated]
    ends = [(each.closed_at, -1) for each in sessions if each.closed_at is not None]
    steps = sorted([*((each.opened_at, 1) for each in sessions), *ends])
    return max(itertools.accumulate((step for _, step in steps), initial=0))


def _times(scenario: Scenario, fleet: Fleet) -> str:
    """When each session was open, in monotonic seconds."""
    every = [(each.opened_at, each.closed_at or 0.0, device.name) for device in scenario.devices for each in fleet.sessions(device.name)]
    return ", ".join(f"{name} {opened:.3f}-{closed:.3f}" for opened, closed, name in sorted(every))


_ENDED = {*GOOD, HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.IN_DOUBT}


def _judge_step(verdict: Verdict, told: _Told, fleet: Fleet, device: Device, step: Step) -> None:
    at, name = (device.name, step.play, step.task, step.place), f"{device.name}: {step.task}[{step.place}]"
    whole, lines = pushes(fleet, device, step), list(received(fleet, device, step))
    begun = told.intents[at] - told.not_sent[at]
    if whole > 1:
        verdict.doubles.append(f"{name} was written {whole} times")
    if max(lines) > begun or begun > 1 + told.not_done[at]:
        said = f"{told.intents[at]} intents, {told.not_sent[at]} not sent, {told.not_done[at]} verdicts not_done"
        verdict.doubles.append(f"{name}: its lines came {lines} times; {said}")
    if told.intents[at] and not whole and (device.name, step.play, step.task) in told.good:
        verdict.untrue.append(f"{name} is told as done, and the device did not get it")
    if (device.name, step.play, step.task) in told.good and not told.intents[at]:
        verdict.untrue.append(f"{name} is told as done, without an intent")
    if told.ends.get((device.name, step.play)) in GOOD and not whole:
        verdict.untrue.append(f"{name}: {told.ends[(device.name, step.play)].value}, and the device did not get it")


def _judge_host(verdict: Verdict, told: _Told, name: str, status: HostStatus) -> None:
    doubtful = any(host == name for host, _, _, _ in told.open)
    if doubtful != (status is HostStatus.IN_DOUBT):
        verdict.untrue.append(f"{name} is {status.value}, and {'has' if doubtful else 'has not'} an intent without an end")


def _statuses(store: Store, job: StoredJob) -> Mapping[str, HostStatus]:
    with record_of(store, job) as record:
        return {name: host.status for name, host in record.hosts.items()}


def _cache(store: Store) -> Iterator[str]:
    """`db check` has nothing to say, and what `db rebuild` makes of the events is what was there."""
    yield from (f"db check: {each.kind}: {each.what}" for each in check(store.place))
    before = _cached(store)
    rebuild(store)
    if (after := _cached(store)) != before:
        yield f"the cache was {before}, and is {after} after db rebuild"


def _cached(store: Store) -> list[Any]:
    with store.reading() as connection:
        return [[*map(tuple, connection.execute(select(each).order_by(*each.primary_key)))] for each in (tables.job, *tables.CACHE)]


def _leftovers(store: Store, job: StoredJob) -> Iterator[str]:
    with store.reading() as connection:
        for table in (tables.lease, tables.owner):
            if rows := connection.execute(select(table)).all():
                yield f"left in {table.name}: {rows}"
    if job.status is not JobStatus.COMPLETED or job.exit_code not in (0, 2, 5):
        yield f"the job is {job.status.value} with exit code {job.exit_code}: {job.reason}"


def _order(events: list[Event]) -> Iterator[str]:
    """A job that goes on after it was cut says so, and nothing is told between the two."""
    for before, after in itertools.pairwise(events):
        if isinstance(before, RunInterrupted) and not isinstance(after, RunResumed | RunInterrupted):
            yield f"after the job was interrupted came {type(after).__name__}"
    cut = Counter(type(event).__name__ for event in events)
    hosts = Counter((each.host, each.batch_number) for each in events if isinstance(each, HostFinished) and each.status in GOOD)
    if more := [place for place, times in hosts.items() if times > 1]:
        yield f"ended well more than once: {more} ({cut['RunResumed']} times gone on)"
