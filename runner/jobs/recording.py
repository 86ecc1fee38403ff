"""A job on its way into the store: accepted before anything happens, told of everything, gone on with where it was cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError
from runner.events import Event, Tell
from runner.job import Frozen, NewJob, Start, Wanted
from runner.jobs.starting import origin_of
from runner.journal.jsonable import jsonable
from runner.journal.redaction import Redact
from runner.leases import Leases
from runner.planning.freeze import freeze
from runner.planning.plan import Plan
from runner.planning.registries import Registries
from runner.settings.load import Settings
from runner.settings.project import default_store
from runner.settings.urls import without_password

if TYPE_CHECKING:
    from runner.store.journal import Journal
    from runner.store.store import Store


class NoStore(InputError):
    """Nothing was ever recorded where the settings say."""


def open_store(settings: Settings, *, create: bool = True) -> Store:
    """The store that the settings name, with the jobs of dead processes ended.

    Raises:
        NoStore: it is not there, and is not to be made.
        InputError, StoreError: it cannot be opened.
    """
    from runner.store.store import Store

    where = settings.options.store or default_store()
    file = Path(where.removeprefix("sqlite:///")) if isinstance(where, str) and where.startswith("sqlite:///") else where
    if not create and isinstance(file, Path) and not file.exists():
        raise NoStore(f"no job is recorded yet: there is no {file}", hint="`nornir-playbook run` and `exec` record every job they run")
    store = Store.at(str(where.absolute() if isinstance(where, Path) else where), create=create)
    store.settle()
    return store


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A job that is on record.

    Arguments:
        journal: what its events are told to, before anybody else.
        goes_on: it was begun in an earlier process.
        changed: inputs that are different now, and were accepted.
    """

    id: str
    journal: Journal
    store: Store
    goes_on: bool = False
    changed: tuple[str, ...] = ()

    def past(self) -> Iterator[Event]:
        """What was told of it in earlier processes."""
        return (event for _, event in self.store.events(self.id)) if self.goes_on else iter(())

    def leases(self, inventory: str, max_sessions: int | None) -> Leases:
        """The locks on this job's devices; without one no write is recorded, and so none begun."""
        from runner.store.leases import StoreLeases

        leases = StoreLeases(self.store, self.id, inventory=inventory, max_sessions=max_sessions)
        self.journal.fence = leases.fence
        return leases

    def wanted(self) -> tuple[Wanted, str]:
        """What somebody wants of the job now."""
        return self.store.wanted(self.id)


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """Puts a job on record.

    Arguments:
        again: the job that is gone on with; None for a new one. `seen` is its last event when that was decided.
        changed: the inputs that are different now, and were accepted.
        key: of two jobs with the same key only the first is started.
    """

    store: Store
    start: Start
    parent: str | None = None
    key: str | None = None
    again: str | None = None
    seen: int | None = None
    changed: tuple[str, ...] = ()

    def begin(self, job_id: str, plan: Plan, registries: Registries, redact: Redact, on_lost: Callable[[str], None]) -> Begun:
        """Accept the job, or take it up again. Durable when this returns.

        Raises:
            AlreadyAccepted: a job with the same key is there.
            StoreError: it cannot be stored, or another process works on it, or has since it was looked at.
        """
        if self.again is not None:
            self.store.take(self.again, seen=self.seen)
            journal = self.store.journal(self.again, redact, on_lost)
            return Begun(id=self.again, journal=journal, store=self.store, goes_on=True, changed=self.changed)
        start = replace(
            self.start,
            command=tuple(redact(without_password(each)) for each in self.start.command),
            extra_vars=tuple(map(redact, self.start.extra_vars)),
            commands=tuple(map(redact, self.start.commands)),
        )
        new = NewJob(
            id=job_id,
            start=start,
            origin=origin_of(plan.root),
            frozen=_masked(freeze(plan, registries), redact),
            parent=self.parent,
            idempotency_key=self.key,
        )
        self.store.accept(new, [(batch.number, play.name, batch.hosts) for play, batch in plan.batches], len(plan.hosts))
        return Begun(id=job_id, journal=self.store.journal(job_id, redact, on_lost), store=self.store)


def _masked(frozen: Frozen, redact: Redact) -> Frozen:
    """The plan as JSON can hold it, without the secrets that somebody wrote out in it. Names of hosts stay as they are."""

    def task(planned: Mapping[str, Any]) -> dict[str, Any]:
        steps = {host: jsonable(step, redact) for host, step in planned["steps"].items()}
        return {**planned, "name": redact(planned["name"]), "steps": steps}

    plays = [{**play, "name": redact(play["name"]), "tasks": [task(each) for each in play["tasks"]]} for play in frozen.plan["plays"]]
    return replace(frozen, plan={**frozen.plan, "plays": plays})


@dataclass(frozen=True)
class Recorded:
    """Tells the journal first, then everybody: what was done is on disk when it is shown; an intent that cannot be stored is not told."""

    journal: Tell
    others: Tell

    def __call__(self, event: Event) -> None:
        """Pass an event on. Raises what the journal raises."""
        self.journal(event)
        self.others(event)
