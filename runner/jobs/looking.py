"""One job of the past as it is looked at: its record, all of it or some hosts and batches, and what it left to be done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.errors import InputError
from runner.events import WriteIntended
from runner.jobs.history import chosen_hosts
from runner.journal.record import JobRecord
from runner.progress import Progress
from runner.states import BAD

if TYPE_CHECKING:
    from runner.store.reading import StoredJob
    from runner.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A job with its record, which the caller closes. `doubts` are writes of which nobody knows whether they took effect, each with how
    far it is known to have come, in words.
    """

    job: StoredJob
    record: JobRecord
    doubts: tuple[tuple[WriteIntended, str], ...]
    retries: tuple[str, ...]


def looked_at(
    store: Store, job: StoredJob, *, hosts: str | None = None, batch: int | None = None, failed: bool = False, none: bool = False
) -> Looked:
    """A job, or a part of it.

    Arguments:
        hosts: a pattern of host names.
        batch: only the hosts of this batch, and what they did in it.
        failed: only hosts that failed, were unreachable or are in doubt.
        none: no host need be left.

    Raises:
        InputError: there is no such host or batch.
    """
    from runner.store.reading import record_of, retries_of

    if batch is not None and not 1 <= batch <= job.total_batches:
        raise InputError(f"job {job.id} has no batch {batch}", hint=f"its batches are 1 to {job.total_batches}")
    progress = Progress()
    record = record_of(store, job, progress.apply)
    try:
        if hosts is not None:
            _keep_hosts(record, chosen_hosts(hosts, [*record.hosts], nothing=none))
        if batch is not None:
            _keep_batch(record, batch)
        if failed:
            _keep_hosts(record, [name for name, host in record.hosts.items() if host.status in BAD])
    except BaseException:
        record.close()
        raise
    open_ = [each for each in progress.doubts() if each.host in record.hosts and batch in (None, each.batch_number)]
    place = {name: number for number, name in enumerate(record.hosts)}
    open_.sort(key=lambda each: place[each.host])
    doubts = tuple((each, progress.came_to(each)) for each in open_)
    return Looked(job=job, record=record, doubts=doubts, retries=retries_of(store, job.id))


def _keep_hosts(record: JobRecord, names: Collection[str]) -> None:
    wanted = set(names)
    record.hosts = {name: host for name, host in record.hosts.items() if name in wanted}
    record.batches = {number: batch for number, batch in record.batches.items() if wanted.intersection(batch.device_ids)}
    record.handler_errors = [error for error in record.handler_errors if error.host in wanted]


def _keep_batch(record: JobRecord, number: int) -> None:
    record.batches = {number: record.batches[number]} if number in record.batches else {}
    record.hosts = {name: host for name, host in record.hosts.items() if number in host.turns}
    record.handler_errors = [error for error in record.handler_errors if error.batch_number == number]
    for host in record.hosts.values():
        host.turns = {number: host.turns[number]}
        host.tasks = [task for task in host.tasks if task.batch_number == number]
