"""Who works on a job: a process with a lease, and how another process knows that it is gone."""

from __future__ import annotations

import os
import platform
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from runner.store import tables
from runner.store.prepared import Prepared

LEASE = 30.0
"""Seconds for which a process is taken to live after its last sign."""

_SIGNS = ("machine", "boot", "pids", "pid", "until_monotonic", "until_wall")
_SIGN = Prepared(update(tables.owner).where(tables.owner.c.id == bindparam("its_id")), _SIGNS)


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A process. `boot` and `pids` say for whom its `pid` and its monotonic clock mean something; `machine` is empty where it has no
    identity of its own, as in many containers: a name alone, such as `localhost`, may be that of several.

    `lease` is for how many seconds it is taken to live after a sign of life.
    """

    id: str
    machine: str
    boot: str
    pids: str
    pid: int
    lease: float = LEASE

    @classmethod
    def me(cls, lease: float = LEASE) -> Owner:
        """This process."""
        return cls(
            id=uuid.uuid4().hex,
            machine=_machine(),
            boot=_read("/proc/sys/kernel/random/boot_id"),
            pids=_pids(),
            pid=os.getpid(),
            lease=lease,
        )

    def row(self) -> dict[str, Any]:
        """The row of a process that lives now."""
        lives = {"until_monotonic": time.monotonic() + self.lease, "until_wall": time.time() + self.lease}
        return {"id": self.id, "machine": self.machine, "boot": self.boot, "pids": self.pids, "pid": self.pid, **lives}

    def sign(self, connection: Connection) -> None:
        """Leave a sign of life."""
        row = self.row()
        if not _SIGN(connection, {"its_id": self.id, **row}).rowcount:
            connection.execute(insert(tables.owner), row)

    def leave(self, connection: Connection) -> None:
        """Be gone, with all that was held."""
        connection.execute(delete(tables.lease).where(tables.lease.c.owner == self.id))
        connection.execute(delete(tables.owner).where(tables.owner.c.id == self.id))

    def is_alive(self, row: Any) -> bool:
        """Whether another process lives, as far as this one can know. A lease is compared on the clock that nobody can set."""
        if row.machine and row.machine == self.machine and row.boot != self.boot:
            return False
        if row.boot == self.boot and self.boot:
            return bool(row.until_monotonic > time.monotonic()) and not (row.pids == self.pids and _is_gone(row.pid))
        return bool(row.until_wall > time.time())


def dead_owners(connection: Connection, me: Owner, *, locked: bool = False) -> list[str]:
    """Processes that are gone. With `locked` none of those named leaves a sign of life before the caller's transaction ends."""
    dead = [row.id for row in connection.execute(select(tables.owner)) if row.id != me.id and not me.is_alive(row)]
    if not locked or not dead:
        return dead
    rows = connection.execute(select(tables.owner).where(tables.owner.c.id.in_(dead)).with_for_update())
    return [row.id for row in rows if not me.is_alive(row)]


def living_owners(connection: Connection, me: Owner) -> list[str]:
    """Other processes that live, as far as this one can know."""
    return [row.id for row in connection.execute(select(tables.owner)) if row.id != me.id and me.is_alive(row)]


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _read(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text().strip()
    return ""


def _machine() -> str:
    identity = _read("/etc/machine-id")
    return f"{platform.node()}/{identity}" if identity else ""


def _pids() -> str:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""
