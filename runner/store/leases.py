"""Device locks of all jobs of a store, across processes: who works on which device, and how many sessions that makes."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select
from sqlalchemy.exc import SQLAlchemyError

from runner.errors import RunnerError
from runner.events import WriteIntended
from runner.leases import Busy
from runner.states import JobStatus
from runner.store import tables
from runner.store.journal import Refused
from runner.store.owners import Owner, dead_owners
from runner.store.prepared import Prepared
from runner.store.settling import settle
from runner.store.store import Store
from runner.store.writer import StoreError
from runner.target import Target

Lookup = Callable[[str, int], Collection[str]]
"""Every address of a host and port, as texts to compare; empty where it has none."""

_LOOKUP_SECONDS = 5.0
"""Seconds for the system to say a name's addresses; after that the name stands for itself."""

_LONGEST = 512
"""Characters that a device's key may have in the table."""

_GIVEN_UP = "this process did not move for so long that others took it for dead"

_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds of a clock that nobody can set, and that goes on while the machine sleeps: on others time passes meanwhile."""
    return time.clock_gettime(_WITH_SLEEP)


_LEASE = tables.lease.c
_OWNER = Prepared(select(tables.job.c.owner, tables.job.c.status).where(tables.job.c.id == bindparam("its_job")))
_ADD = Prepared(insert(tables.lease).inline(), tuple(_LEASE.keys()))
_GIVE_BACK = Prepared(delete(tables.lease).where(_LEASE.taken == bindparam("its_taking")))


@cache
def _held(count: int) -> Prepared:
    """Whoever holds one of so many keys."""
    return Prepared(
        select(tables.lease).where(or_(*(_LEASE.device == bindparam(f"key{place}") for place in range(count)))).order_by(_LEASE.device)
    )


class StoreLeases:
    """The leases of one job.

    Each is of every address the host's name has, with the port, and of its name in its inventory: two names for one device are one
    device. Behind jump hosts it is the way there and the address as written, as only the jump host could look it up.

    Arguments:
        inventory: names the inventory, as its folder does: hosts of the same name in two inventories are two.
        max_sessions: most hosts at work over all jobs of the store; None = no limit.
        clock: what a lease's time is measured with; see `elapsed`.
    """

    def __init__(
        self,
        store: Store,
        job: str,
        *,
        inventory: str,
        max_sessions: int | None = None,
        lookup: Lookup | None = None,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        self._store, self._job, self._inventory, self._most = store, job, inventory, max_sessions
        self._lookup = lookup or addresses
        self.clock = clock
        self._keys: dict[str, tuple[str, ...]] = {}
        self._held: dict[str, str] = {}

    def take(self, target: Target) -> StoreLease:
        """The device, all its keys or none, durable when this returns. Raises Busy, StoreError."""
        host = target.name
        if host not in self._keys:
            self._keys[host] = device_keys(target, self._inventory, self._lookup)
        keys, taken, began = self._keys[host], uuid.uuid4().hex, self.clock()
        busy = self._store.writer.run(lambda connection: self._take(connection, keys, host, taken))
        if busy is not None:
            raise busy
        self._held[host] = taken
        return StoreLease(self, host, taken, began + self._store.me.lease)

    def fence(self, connection: Connection, intent: WriteIntended) -> None:
        """Refuse an intent to write to a device that others may have by now; for `Journal.fence`. It is also a sign of life, so that
        nobody takes the device between the intent and its first byte.
        """
        taken = self._held.get(intent.host)
        if taken is not None:
            self._store.me.sign(connection)
            if not _is_there(connection, self._store.me, taken):
                raise Refused(f"{_GIVEN_UP}, and its devices may be in use", hint="did the machine sleep?")

    def until(self, taken: str) -> float:
        """The time by `clock` up to which a lease is sure to be held without asking again; negative when it is lost."""
        owner = tables.owner.c
        with self._store.reading() as connection:
            if not _is_there(connection, self._store.me, taken):
                return -1.0
            until = connection.scalar(select(owner.until_monotonic).where(owner.id == self._store.me.id)) or 0.0
            return max(0.0, self.clock() + until - time.monotonic())

    def release(self, host: str, taken: str) -> None:
        """Give a lease back. It is on its way when this returns, before whatever this process takes next."""
        if self._held.get(host) == taken:
            del self._held[host]
        with suppress(RunnerError):
            self._store.writer.submit(lambda connection: _GIVE_BACK(connection, {"its_taking": taken}), haste=False)

    def _take(self, connection: Connection, keys: Sequence[str], host: str, taken: str) -> Busy | None:
        """None when taken. What is refused is returned and not raised, so that others' work in this transaction stays done."""
        me = self._store.me
        self._check_job(connection)
        busy = self._busy(connection, keys, host)
        if busy is not None and dead_owners(connection, me):
            settle(connection, me)
            busy = self._busy(connection, keys, host)
        if busy is not None:
            return busy
        me.sign(connection)
        _ADD(connection, *({"device": key, "job": self._job, "host": host, "owner": me.id, "taken": taken} for key in keys))
        return None

    def _busy(self, connection: Connection, keys: Sequence[str], host: str) -> Busy | None:
        lease, me = tables.lease.c, self._store.me
        held = _held(len(keys))(connection, {f"key{place}": key for place, key in enumerate(keys)}).all()
        for row in held:
            if (row.job, row.host, row.owner) != (self._job, host, me.id):
                return _held_by(row, self._job, host)
        if held:  # this host's own, which could not be given back
            connection.execute(delete(tables.lease).where(lease.device.in_(keys)))
        if self._most is None:
            return None
        mine = (lease.job == self._job) & (lease.host == host) & (lease.owner == me.id)
        others = connection.execute(select(lease.taken, lease.job).where(~mine).distinct()).all()
        if len(others) < self._most:
            return None
        jobs = len({row.job for row in others} - {self._job})
        whose = "of this job" if not jobs else f"of {jobs} other job{'s' if jobs > 1 else ''} and this one"
        return Busy(f"{len(others)} hosts {whose} are at work, and max_sessions allows {self._most}", passes=True)

    def _check_job(self, connection: Connection) -> None:
        """A process that others took for dead begins nothing more: the job may be gone on with elsewhere."""
        row = _OWNER(connection, {"its_job": self._job}).first()
        if row is None or row.owner != self._store.me.id or row.status == JobStatus.INTERRUPTED:
            raise StoreError(_GIVEN_UP, hint=f"nornir-playbook show {self._job} says where the job stands")


class StoreLease:
    """A device held by one host; `sure` is the time by its clock up to which nobody can have taken it over."""

    def __init__(self, leases: StoreLeases, host: str, taken: str, sure: float) -> None:
        self._leases, self._host, self._taken, self._sure = leases, host, taken, sure
        self._released = False

    def holds(self) -> bool:
        """Whether it is still held. Asks the store only when this process has left no sign of life for long."""
        if self._leases.clock() >= self._sure and not self._released:
            with suppress(RunnerError, SQLAlchemyError):  # a store that cannot be read says nothing; a write would still meet the fence
                self._sure = self._leases.until(self._taken)
        return self._sure >= 0 and not self._released

    def release(self) -> None:
        """Give it back."""
        if not self._released:
            self._released = True
            self._leases.release(self._host, self._taken)


def device_keys(target: Target, inventory: str, lookup: Lookup) -> tuple[str, ...]:
    """What a device is known by, each in at most 512 characters."""
    way: list[str] = []
    jump = target.jump
    while jump is not None:
        way.insert(0, jump.name)
        jump = jump.jump
    written = f"{target.hostname.lower()}:{target.port}"
    places = {">".join((*way, written))} if way else set(lookup(target.hostname, target.port)) or {written}
    keys = {*places, f"{inventory}/{target.name}"}
    return tuple(sorted(key if len(key) <= _LONGEST else hashlib.sha256(key.encode()).hexdigest() for key in keys))


def addresses(hostname: str, port: int) -> Collection[str]:
    """As the system's resolver says. A name is looked up in a thread of its own, as nothing can interrupt that."""
    found: set[str] = set()
    with suppress(OSError, ValueError):
        return _looked_up(hostname, port, socket.AI_NUMERICHOST)

    def look() -> None:
        with suppress(OSError, ValueError):
            found.update(_looked_up(hostname, port, 0))

    thread = threading.Thread(target=look, name="resolver", daemon=True)
    thread.start()
    thread.join(_LOOKUP_SECONDS)
    return set(found)


def _looked_up(hostname: str, port: int, flags: int) -> set[str]:
    found = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM, flags=flags)
    return {f"[{address[0]}]:{port}" if family == socket.AF_INET6 else f"{address[0]}:{port}" for family, _, _, _, address in found}


def _is_there(connection: Connection, me: Owner, taken: str) -> bool:
    lease = tables.lease.c
    return connection.scalar(select(lease.taken).where(lease.taken == taken, lease.owner == me.id).limit(1)) is not None


def _held_by(row: Any, job: str, host: str) -> Busy:
    name = "it" if row.host == host else f"it, as {row.host}"
    if row.job == job:
        return Busy(f"this job works on {name}", holder=job, passes=True)
    return Busy(f"job {row.job} works on {name}", holder=row.job)
