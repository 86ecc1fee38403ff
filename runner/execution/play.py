"""Runs a play: one Nornir run, whose `BatchRunner` takes the hosts batch by batch, told as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.state import GlobalState

from runner.events import PlayStarted
from runner.execution.doubts import turns_left
from runner.execution.ends import Ends
from runner.execution.host import run_host
from runner.execution.shared import PlayRun
from runner.planning.plan import Plan
from runner.runners.batch import BatchRunner


def run_play(run: PlayRun) -> None:
    """Run the play to its end, or until the control says stop. Returns when every session is closed.

    Raises:
        KeyboardInterrupt: as `BatchRunner` does, after closing; what had ended by then has been told.
    """
    left = {batch.number: turns_left(run, batch) for batch in run.play.batches}
    if not any(left.values()) and all(run.progress.batches.get(number) for number in left):
        return
    ends = Ends(run, left)
    run = replace(run, tell=ends)
    run.tell(
        PlayStarted(
            play=run.play.name,
            hosts=tuple(host for batch in run.play.batches for host in batch.hosts),
            tasks=tuple(task.name for task in run.play.tasks),
            first_batch=run.play.batches[0].number,
            batches=len(run.play.batches),
        )
    )
    sizes = [len(hosts) for hosts in left.values() if hosts]
    if run.play.policy.any_errors_fatal:
        for number, hosts in left.items():
            run.meetings.barrier(number, hosts)
    if sizes:
        runner = BatchRunner(
            sizes,
            on_batch=ends.batch,
            proceed=run.control.next_host,
            next_batch=run.control.next_batch,
            abandon=ends.overdue,
            on_no_thread=ends.no_thread,
        )
        nornir = Nornir(inventory=_nornir_inventory(run.plan, left), data=GlobalState(), runner=runner)
        nornir.run(task=_host_play(run), name=run.play.name)
    if run.control.next_batch():
        ends.pass_over(before=run.play.batches[-1].number + 1)


def _host_play(run: PlayRun) -> Any:
    """The play as one Nornir task. A closure, because Nornir logs what is passed as arguments."""

    def play(task: Any) -> Any:
        return run_host(task, run)

    return play


def _nornir_inventory(plan: Plan, left: Mapping[int, tuple[str, ...]]) -> Inventory:
    """Fresh hosts for this run alone, in the play's order; logins are not in them, the transport has its own."""
    hosts = Hosts()
    for name in (host for members in left.values() for host in members):
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
