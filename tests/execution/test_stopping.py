"""F30: what a stop cuts at once, and what it lets come to its end, by when in a round it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.contracts import Reply
from runner.errors import Stopped
from runner.events import Event, HostFinished, HostStarted, TaskFinished
from runner.execution.control import Control
from runner.job import Wanted
from runner.states import HostStatus
from runner.target import Limits
from tests.execution.scenario import Scenario, healthy, unreachable

CHANGED, OK, STOPPED = HostStatus.CHANGED, HostStatus.OK, HostStatus.STOPPED

CLEAR, ARP, CLOCK = "clear counters", "clear arp-cache", "show clock"

MOMENTS = [
    # the commands of the task, the one in which the stop comes, the host's end, what was sent
    ("the write goes on with the rest of its task", (CLEAR, ARP), CLEAR, CHANGED, [CLEAR, ARP]),
    ("a read before the write is the end", (CLOCK, CLEAR), CLOCK, STOPPED, [CLOCK]),
    ("a read behind the write is still done", (CLEAR, CLOCK), CLEAR, CHANGED, [CLEAR, CLOCK]),
]


@pytest.mark.parametrize(("commands", "at", "status", "sent"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
def test_f30_when_the_stop_comes(tmp_path: Path, commands: tuple[str, ...], at: str, status: HostStatus, sent: list[str]) -> None:
    run = Scenario(tmp_path, limits=Limits(grace=30.0))

    def stop(command: str) -> Reply:
        run.control.stop("a test")
        return healthy(command)

    run.answers = {"r1": {at: stop}}
    run.run(f"- {{hosts: all, tasks: [{{commands: {list(commands)}}}]}}")
    assert run.told(HostFinished)[0].status is status, run.told(HostFinished)[0]
    assert run.sent("r1") == sent


def test_f30_no_round_is_begun_behind_the_one_that_writes(tmp_path: Path) -> None:
    """What is left is done when the job is resumed: each round is a write of its own."""
    run = Scenario(tmp_path)

    def stop(command: str) -> Reply:
        run.control.stop("a test")
        return healthy(command)

    run.answers = {"r1": {"clear line 2": stop}}
    run.run("- {hosts: all, tasks: [{commands: 'clear line {{ item }}', loop: [1, 2, 3]}]}")
    assert run.sent("r1") == ["clear line 1", "clear line 2"]
    assert run.told(HostFinished)[0].status is STOPPED and run.told(TaskFinished)[0].changed


def test_f30_a_wait_in_the_middle_of_a_write_has_its_grace_time() -> None:
    control = Control()
    control.stop("a test")
    control.wait(0.2, grace=30.0)
    with pytest.raises(Stopped):
        control.wait(60.0, grace=0.3)
    with pytest.raises(Stopped):
        control.wait(60.0)


def test_a_wait_in_the_middle_of_a_write_ends_at_a_limit() -> None:
    control = Control()
    control.halt("a limit")
    with pytest.raises(Stopped):
        control.wait(60.0, grace=30.0)


def test_f36_a_host_whose_turn_has_begun_is_tried_again_where_no_further_host_is_started(tmp_path: Path) -> None:
    tried: list[int] = []

    def second_time_lucky() -> None:
        tried.append(1)
        if len(tried) == 1:
            unreachable()

    run = Scenario(tmp_path, opens={"r1": second_time_lucky})

    def pause(event: Event) -> None:
        if isinstance(event, HostStarted):
            run.control.wind_down(Wanted.PAUSE_AFTER_HOST, "ann@host")

    run.watch = pause
    run.run("- {hosts: all, connect_retries: 1, tasks: [{commands: show clock}]}")
    assert len(tried) == 2 and run.told(HostFinished)[0].status is OK


def test_f36_a_question_between_batches_is_not_waited_for_once_somebody_pauses(tmp_path: Path) -> None:
    asked: list[str] = []
    run = Scenario(tmp_path, hosts=4, opens={"r1": unreachable, "r2": unreachable})

    def ask(question: str) -> str:
        """As at a terminal where nobody sits: it is given up when nothing may go on."""
        asked.append(question)
        run.control.wind_down(Wanted.PAUSE_AFTER_BATCH, "ann@host")
        run.control.wait(60.0)
        return "yes"

    run.ask = ask
    run.run("- {hosts: all, batch_size: 2, on_batch_failure: pause, tasks: [{commands: show clock}]}")
    assert len(asked) == 1 and run.control.limit == ""
    assert [event.host for event in run.told(HostStarted)] in (["r1", "r2"], ["r2", "r1"])
    assert run.control.conclude() == (Wanted.PAUSE_AFTER_BATCH, "ann@host")
