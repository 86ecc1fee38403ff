"""Runs a play: one Nornir run, whose `BatchRunner` takes the hosts batch by batch, told as events."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.state import GlobalState

from runner import batches
from runner.events import BatchFinished, BatchStarted, Event, HostFinished, PlayStarted, Tell
from runner.execution.host import PlayRun, run_host
from runner.planning.plan import Plan, PlannedBatch, PlannedPlay
from runner.runners.batch import BatchRunner
from runner.states import HostStatus, batch_status


def run_play(run: PlayRun) -> None:
    """Run the play to its end, or until the control says stop. Returns when every session is closed.

    Raises:
        KeyboardInterrupt: as `BatchRunner` does, after closing; what had ended by then has been told.
    """
    if not run.play.hosts:
        return
    total = len(run.plan.batches)
    told = _Told(tell=run.tell, play=run.play, total=total)
    run = replace(run, tell=told)
    run.tell(
        PlayStarted(
            play=run.play.name,
            hosts=tuple(host for batch in run.play.batches for host in batch.hosts),
            tasks=tuple(task.name for task in run.play.tasks),
            first_batch=run.play.batches[0].number,
            batches=len(run.play.batches),
        )
    )
    sizes = [len(batch.hosts) for batch in run.play.batches if batch.hosts]
    if sizes:
        runner = BatchRunner(sizes, on_batch=told.batch, proceed=run.control.proceed)
        nornir = Nornir(inventory=_nornir_inventory(run.plan, run.play), data=GlobalState(), runner=runner)
        nornir.run(task=_host_play(run), name=run.play.name)
    if run.control.proceed():
        told.pass_over(before=run.play.batches[-1].number + 1)


def _host_play(run: PlayRun) -> Any:
    """The play as one Nornir task. A closure, because Nornir logs what is passed as arguments."""

    def play(task: Any) -> Any:
        return run_host(task, run)

    return play


def _nornir_inventory(plan: Plan, play: PlannedPlay) -> Inventory:
    """Fresh hosts for this run alone, in the play's order; logins are not in them, the transport has its own."""
    hosts = Hosts()
    for name in (host for batch in play.batches for host in batch.hosts):
        device = plan.devices[name]
        hosts[name] = Host(
            name=name,
            hostname=device.hostname,
            port=device.port,
            username=device.username,
            platform=device.platform,
            data=dict(device.data),
        )
    return Inventory(hosts=hosts, groups=Groups(), defaults=Defaults())


@dataclass(kw_only=True)
class _Told:
    """Passes events on and remembers how each host ended, so that a batch's end can be told truthfully."""

    tell: Tell
    play: PlannedPlay
    total: int
    _ended: dict[str, HostStatus] = field(default_factory=dict)
    _passed: int = 0
    _began: tuple[datetime, float] = field(default_factory=lambda: (datetime.now(UTC), time.monotonic()))

    def __call__(self, event: Event) -> None:
        if isinstance(event, HostFinished):
            self._ended[event.host] = event.status
        self.tell(event)

    def batch(self, fact: batches.BatchStarted | batches.BatchFinished) -> None:
        """Tell the start or end of a batch with its number in the job."""
        planned = [batch for batch in self.play.batches if batch.hosts][fact.number - 1]
        if isinstance(fact, batches.BatchStarted):
            self.pass_over(before=planned.number)
            self._start(planned)
            return
        for host in planned.hosts:
            if host not in self._ended and host in fact.results:
                self(_lost(host, self.play.name, planned.number, fact.results[host]))
        self._finish(planned)

    def pass_over(self, before: int) -> None:
        """Tell batches with lower numbers whose hosts all fell out in an earlier play: they have nothing to do and are done."""
        for batch in self.play.batches:
            if not batch.hosts and self._passed < batch.number < before:
                self._start(batch)
                self._finish(batch)
        self._passed = max(self._passed, before - 1)

    def _start(self, planned: PlannedBatch) -> None:
        self._began = (datetime.now(UTC), time.monotonic())
        self.tell(
            BatchStarted(
                play=self.play.name,
                batch_number=planned.number,
                total_batches=self.total,
                batch_size=len(planned.hosts),
                device_ids=planned.hosts,
            )
        )

    def _finish(self, planned: PlannedBatch) -> None:
        statuses = [self._ended.get(host, HostStatus.PENDING) for host in planned.hosts]
        start, began = self._began
        self.tell(
            BatchFinished(
                play=self.play.name,
                batch_number=planned.number,
                total_batches=self.total,
                status=batch_status(statuses),
                counts=dict(Counter(str(status) for status in statuses)),
                start_time=start,
                end_time=datetime.now(UTC),
                duration_seconds=time.monotonic() - began,
            )
        )


def _lost(host: str, play: str, number: int, result: Any) -> HostFinished:
    """The end of a host whose thread broke outside of any task: an error of ours or of a Nornir processor."""
    cause = next((each.exception for each in result if each.exception is not None), None)
    reason = f"internal error: {type(cause).__name__}: {cause}" if cause else "internal error: the host's thread ended without a result"
    return HostFinished(host=host, play=play, batch_number=number, status=HostStatus.FAILED, reason=reason)
