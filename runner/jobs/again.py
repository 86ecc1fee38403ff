"""Doing a job again: the rest of one that was cut, or a new one for the hosts it did not succeed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError, Problem
from runner.events import WriteIntended
from runner.job import Start
from runner.jobs.prepare import Planned, plan_commands, read_and_plan
from runner.planning.freeze import changed_parts, freeze
from runner.planning.plan import Plan
from runner.progress import Progress
from runner.secret import MASK
from runner.settings.load import Settings, load_settings
from runner.settings.project import project_root, user_config_file
from runner.states import BAD, GOOD, HostStatus, JobStatus

if TYPE_CHECKING:
    from runner.store.reading import StoredJob
    from runner.store.store import Store

RETRIED: Mapping[str, frozenset[HostStatus]] = {
    "failed": frozenset({HostStatus.FAILED}),
    "unreachable": frozenset({HostStatus.UNREACHABLE}),
    "not-started": frozenset({HostStatus.PENDING, HostStatus.STOPPED}),
    "in-doubt": frozenset({HostStatus.IN_DOUBT}),
}
"""The words of `retry --only`, and the hosts they mean."""

BY_ITSELF = ("failed", "unreachable", "not-started")
"""What is retried where nobody says: never a host in doubt, which may have been written to."""


@dataclass(frozen=True, kw_only=True)
class Resumable:
    """A job that can go on.

    Arguments:
        left: hosts that have not finished; `doubts` are writes of which nobody knows whether they took effect, each with how far it
            is known to have come, in words.
        changed: what is different now, in words; must be accepted by a person.
        seen: the job's last event that all this follows from.
    """

    job: StoredJob
    planned: Planned
    left: tuple[str, ...]
    doubts: tuple[tuple[WriteIntended, str], ...]
    changed: tuple[str, ...]
    seen: int


def settings_of(start: Start, now: Mapping[str, Any]) -> Settings:
    """The settings a job was started with, but for those that are given now. Raises InputError."""
    base = Path(start.playbook).parent if start.playbook else Path(start.folder)
    flags = {**start.settings, **{name: value for name, value in now.items() if value is not None}}
    return load_settings(flags=flags, environ={}, project=project_root(base), user_config=user_config_file())


def plan_again(start: Start, settings: Settings, *, limit: tuple[str, ...] = (), can_ask: bool = True) -> Planned:
    """The plan of a stored start, from its inputs as they are now. Raises InputError."""
    if any(MASK in text for text in (*start.extra_vars, *start.commands)):
        hint = "run it anew; with -e @FILE the values are not in the record, and a job can go on"
        raise InputError("a secret stood in the job's extra variables or commands and was masked in the record", hint=hint)
    limits = limit or start.limit
    if start.kind == "exec":
        return plan_commands(start.pattern, start.commands, settings, limit=limits)
    path = Path(start.playbook)
    if not path.is_file():
        raise InputError(Problem(message=f"the job's playbook {path} is not there any more", hint="put it back where it was"))
    return read_and_plan(
        path, settings, limit=limits, extra_vars=start.extra_vars, tags=start.tags, skip_tags=start.skip_tags, can_ask=can_ask
    )


def resumable(store: Store, job: StoredJob, now: Mapping[str, Any], *, can_ask: bool = True) -> Resumable:
    """What is left of a job, planned again from its inputs. Of one that was cut off that may be no more than its end.

    Raises:
        InputError: it runs, nothing is left of it, or a limit ended it; or its inputs have mistakes now.
    """
    if job.status in (JobStatus.RUNNING, JobStatus.PENDING):
        raise InputError(f"job {job.id} runs already", hint=f"nornir-playbook watch {job.id} shows it")
    seen = store.last_event(job.id)
    statuses, plays, progress = _standing(store, job)
    left = tuple(name for name, status in statuses.items() if status not in BAD | GOOD)
    place = {name: number for number, name in enumerate(statuses)}
    doubts = tuple((each, progress.came_to(each)) for each in sorted(progress.doubts(), key=lambda each: place[each.host]))
    if not left and not doubts and job.status is not JobStatus.INTERRUPTED:
        retry = f"nornir-playbook retry {job.id} runs the hosts that failed again" if any(s in BAD for s in statuses.values()) else ""
        raise InputError(f"nothing is left of job {job.id}: every host has ended", hint=retry)
    if left and job.status is JobStatus.FAILED:
        hint = f"nornir-playbook retry {job.id} starts a new job with the hosts that failed and those not started"
        raise InputError(f"job {job.id} was ended by a limit or an error: {job.reason}", hint=hint)
    planned = plan_again(job.start, settings_of(job.start, now), can_ask=can_ask)
    changed = changed_parts(job.frozen.digests, freeze(planned.plan, planned.registries).digests)
    if changed and (moved := _moved(planned.plan, progress, plays)):
        hint = f"put the inventory and the playbook back, or run what is left as a new job: nornir-playbook retry {job.id}"
        raise InputError(f"job {job.id} cannot go on with what is there now: {moved}", hint=hint)
    return Resumable(job=job, planned=planned, left=left, doubts=doubts, changed=changed, seen=seen)


def retried(
    store: Store, job: StoredJob, now: Mapping[str, Any], only: tuple[str, ...], batch: int | None, *, can_ask: bool = True
) -> tuple[Planned, Start]:
    """The plan of a new job with the hosts of another one that did not succeed, and how it is started.

    Arguments:
        only: words of `RETRIED`; empty for `BY_ITSELF`.
        batch: only hosts of this batch.

    Raises:
        InputError: the job still runs, or there is no such host.
    """
    if job.status in (JobStatus.RUNNING, JobStatus.PENDING):
        raise InputError(f"job {job.id} still runs", hint=f"nornir-playbook stop {job.id} ends it")
    if batch is not None and not 1 <= batch <= job.total_batches:
        raise InputError(f"job {job.id} has no batch {batch}", hint=f"its batches are 1 to {job.total_batches}")
    wanted = frozenset().union(*(RETRIED[word] for word in only or BY_ITSELF))
    statuses, _, _ = _standing(store, job)
    members = set(_hosts_of(job, batch))
    hosts = [name for name, status in statuses.items() if status in wanted and name in members]
    if not hosts:
        where = f" in batch {batch}" if batch is not None else ""
        raise InputError(f"job {job.id} has no host{where} that is {', '.join(only or BY_ITSELF)}", hint=_others(statuses))
    limit = tuple(hosts)
    planned = plan_again(job.start, settings_of(job.start, now), limit=limit, can_ask=can_ask)
    return planned, replace(job.start, limit=limit)


def _moved(plan: Plan, progress: Progress, plays: Mapping[int, str]) -> str:
    """Which host would be in another batch than the one it had its turn in, by which is known what must not be done to it again."""
    now: dict[tuple[str, str], set[int]] = {}
    for play, batch in plan.batches:
        for host in batch.hosts:
            now.setdefault((host, play.name), set()).add(batch.number)
    begun = {(host, number) for number, ended in progress.turns.items() for host in ended}
    begun |= {(host, number) for host, number, _, _ in (*progress.written, *progress.open)}
    for host, number in sorted(begun, key=lambda each: (each[1], each[0])):
        numbers = now.get((host, plays.get(number, "")), {number})
        if number not in numbers:
            return f"{host} had its turn in batch {number}, and would have it again in batch {min(numbers)}"
    return ""


def _standing(store: Store, job: StoredJob) -> tuple[dict[str, HostStatus], dict[int, str], Progress]:
    """Where each host stands, the play of each batch, and how far the job came."""
    from runner.journal.record import JobRecord
    from runner.store.reading import record_of

    progress = Progress()
    record: JobRecord = record_of(store, job, progress.apply)
    with record:
        plays = {number: batch.play for number, batch in record.batches.items()}
        return {name: host.status for name, host in record.hosts.items()}, plays, progress


def _hosts_of(job: StoredJob, batch: int | None) -> Iterator[str]:
    for play in job.frozen.plan["plays"]:
        for each in play["batches"]:
            if batch in (None, each["batch_number"]):
                yield from each["device_ids"]


def _others(statuses: Mapping[str, HostStatus]) -> str:
    if HostStatus.IN_DOUBT in statuses.values():
        return "hosts in doubt are retried with --only in-doubt: look at them before"
    return "every host ended well" if all(status in GOOD for status in statuses.values()) else ""
