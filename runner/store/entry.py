"""One event on its way into the store: made ready outside of the transaction, stored once however often that is tried."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select

from runner import crash_points
from runner.events import Event
from runner.job_events import WriteEnded
from runner.journal.event_json import event_name, event_object
from runner.journal.event_read import event_of
from runner.journal.redaction import Redact, unchanged
from runner.store import tables
from runner.store.outputs import Outputs
from runner.store.prepared import Prepared
from runner.store.projection import PROJECTED, plain, project
from runner.store.troubles import StoreError

_EVENT, _JOB = tables.event.c, tables.job.c
_NAMES = ("job", "host", "kind", "mark", "at", "detail")
_OWNED = exists().where(_JOB.id == bindparam("job"), _JOB.owner == bindparam("its_owner"))
_ADD = Prepared(insert(tables.event).inline(), _NAMES)
_ADD_TO_OWN = Prepared(
    insert(tables.event).inline().from_select(_NAMES, select(*(bindparam(name, type_=_EVENT[name].type) for name in _NAMES)).where(_OWNED))
)


class Entry:
    """An event of a job.

    Arguments:
        mark: no other entry has it.
        owner: the process that must still own the job; None where it need not.
    """

    def __init__(self, *, job: str, event: Event, mark: str, owner: str | None = None, redact: Redact = unchanged) -> None:
        self._job, self._mark, self._owner = job, mark, owner
        self.event, self._redact = event, redact
        self._row: dict[str, Any] | None = None
        self._projected: Event | None = None
        self._tried = False

    def prepare(self, outputs: Outputs) -> None:
        """Mask secrets, and put long outputs into files. May be called again. Raises RunnerError where a file cannot be written."""
        if self._row is not None:
            return
        detail = event_object(self.event, self._redact, exact=True)
        if isinstance(self.event, PROJECTED):  # as it will be read again, so that the cache is what a rebuild makes
            self._projected = event_of(detail)
        host = getattr(self.event, "host", None)
        self._row = {
            "job": self._job,
            "host": None if host is None else plain(host),
            "kind": event_name(type(self.event)),
            "mark": self._mark,
            "at": detail["at"],
            "detail": json.dumps(outputs.out(self._job, detail)),
        }

    def store(self, connection: Connection) -> None:
        """Append the event, and change the cache by it, in the caller's transaction. Raises StoreError where the job is another's now."""
        tried, self._tried = self._tried, True
        if tried and self._is_stored(connection):
            return
        row = self._row or {}
        if self._owner is not None:
            if not _ADD_TO_OWN(connection, {**row, "its_owner": self._owner}).rowcount:
                raise StoreError("this process was taken for dead, and the job is not its own any more")
        else:
            _ADD(connection, row)
        if self._projected is not None:
            project(connection, self._job, self._projected)
        if isinstance(self.event, WriteEnded):
            crash_points.here("before_record")

    def _is_stored(self, connection: Connection) -> bool:
        """A transaction whose commit was not answered may have been committed all the same."""
        table = tables.event
        found = select(table.c.seq).where(table.c.job == self._job, table.c.mark == self._mark).limit(1)
        return connection.scalar(found) is not None


def append(connection: Connection, job: str, event: Event) -> None:
    """Append an event of ours, which holds no secret and no output, in the caller's transaction."""
    entry = Entry(job=job, event=event, mark=uuid.uuid4().hex)
    entry.prepare(Outputs(None))
    entry.store(connection)
