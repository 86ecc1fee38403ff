"""What any Nornir runner promises: one suite for Nornir's own runners and for BatchRunner."""

import threading
from collections.abc import Callable

import pytest
from nornir.core.exceptions import NornirExecutionError, NornirSubTaskError
from nornir.core.inventory import Host
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.task import AggregatedResult, MultiResult, Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from runner.runners.batch import BatchRunner
from tests.runners.fakes import QuietProcessor, fleet, names

RUNNERS: dict[str, Callable[[], RunnerPlugin]] = {
    "serial": SerialRunner,
    "threaded": lambda: ThreadedRunner(num_workers=3),
    "batch-default": BatchRunner,
    "batch-1": lambda: BatchRunner(batch_size=1),
    "batch-3": lambda: BatchRunner(batch_size=3),
    "batch-ramp": lambda: BatchRunner(batch_size=[1, "50%"]),
    "batch-all": lambda: BatchRunner(batch_size=0),
}


@pytest.fixture(params=RUNNERS.values(), ids=list(RUNNERS))
def make_runner(request: pytest.FixtureRequest) -> Callable[[], RunnerPlugin]:
    factory: Callable[[], RunnerPlugin] = request.param
    return factory


@pytest.fixture
def runner(make_runner: Callable[[], RunnerPlugin]) -> RunnerPlugin:
    return make_runner()


def hello(task: Task) -> str:
    return f"hello {task.host.name}"


def fails_on_r2(task: Task) -> str:
    if task.host.name == "r2":
        raise ValueError("no such command")
    return "fine"


def test_each_host_is_run_exactly_once(runner: RunnerPlugin) -> None:
    seen: list[str] = []
    fleet(7, runner).run(task=lambda task: seen.append(task.host.name), name="once")
    assert sorted(seen) == names(7)


def test_results_are_keyed_by_host_in_the_order_of_the_inventory(runner: RunnerPlugin) -> None:
    result = fleet(7, runner).run(task=hello)
    assert isinstance(result, AggregatedResult)
    assert result.name == "hello"
    assert list(result) == names(7)
    assert {host: multi.result for host, multi in result.items()} == {name: f"hello {name}" for name in names(7)}
    assert {multi.host.name for multi in result.values()} == set(names(7))


def test_no_host_gives_an_empty_result(runner: RunnerPlugin) -> None:
    result = fleet(0, runner).run(task=hello)
    assert isinstance(result, AggregatedResult)
    assert result == {}
    assert not result.failed


def test_a_single_host(runner: RunnerPlugin) -> None:
    assert fleet(1, runner).run(task=hello)["r1"].result == "hello r1"


def test_a_raising_task_is_the_failure_of_its_host_alone(runner: RunnerPlugin) -> None:
    nornir = fleet(4, runner)
    result = nornir.run(task=fails_on_r2)
    assert list(result) == names(4)
    assert set(result.failed_hosts) == {"r2"}
    assert nornir.data.failed_hosts == {"r2"}
    assert isinstance(result["r2"].exception, ValueError)
    assert "no such command" in result["r2"].result
    assert [result[name].result for name in ("r1", "r3", "r4")] == ["fine"] * 3


def test_every_host_failing_is_still_a_full_result(runner: RunnerPlugin) -> None:
    def raises(task: Task) -> None:
        raise OSError(task.host.name)

    result = fleet(5, runner).run(task=raises)
    assert {name: str(multi.exception) for name, multi in result.items()} == {name: name for name in names(5)}
    assert list(result.failed_hosts) == names(5)


def test_failed_hosts_are_left_out_of_the_next_run(runner: RunnerPlugin) -> None:
    nornir = fleet(3, runner)
    nornir.run(task=fails_on_r2)
    assert list(nornir.run(task=hello)) == ["r1", "r3"]
    assert list(nornir.run(task=hello, on_good=False, on_failed=True)) == ["r2"]


def test_raise_on_error_raises_with_all_results(runner: RunnerPlugin) -> None:
    with pytest.raises(NornirExecutionError) as caught:
        fleet(3, runner).run(task=fails_on_r2, raise_on_error=True)
    assert list(caught.value.result) == names(3)


def test_the_multi_result_holds_the_task_first_and_its_subtasks_after(runner: RunnerPlugin) -> None:
    def grouped(task: Task) -> str:
        task.run(task=hello)
        task.run(task=hello, name="again")
        return "both"

    for multi in fleet(3, runner).run(task=grouped).values():
        assert isinstance(multi, MultiResult)
        assert [part.name for part in multi] == ["grouped", "hello", "again"]
        assert multi[0].result == "both"
        assert not multi.failed


def test_a_failed_subtask_ends_its_task(runner: RunnerPlugin) -> None:
    def grouped(task: Task) -> str:
        task.run(task=fails_on_r2)
        return "reached"

    result = fleet(3, runner).run(task=grouped)
    assert isinstance(result["r2"][0].exception, NornirSubTaskError)
    assert isinstance(result["r2"][1].exception, ValueError)
    assert result["r1"].result == "reached"


def test_a_result_of_the_task_is_passed_through(runner: RunnerPlugin) -> None:
    def changes(task: Task) -> Result:
        return Result(host=task.host, result="done", changed=True, diff="+ line", extra=task.host.name)

    for name, multi in fleet(3, runner).run(task=changes, name="change").items():
        assert (multi.result, multi.changed, multi.diff, multi.extra) == ("done", True, "+ line", name)
        assert str(multi[0].name) == "change"


def test_parameters_and_name_reach_every_host(runner: RunnerPlugin) -> None:
    def echo(task: Task, text: str, times: int) -> str:
        return f"{task.name} {text * times}"

    result = fleet(4, runner).run(task=echo, name="echo it", text="ab", times=2)
    assert {multi.result for multi in result.values()} == {"echo it abab"}


def test_each_host_has_its_own_task(runner: RunnerPlugin) -> None:
    tasks: list[Task] = []
    fleet(5, runner).run(task=tasks.append, name="collect")
    assert len({id(task) for task in tasks}) == 5
    assert len({id(task.results) for task in tasks}) == 5


def test_processors_see_every_host_start_and_complete(runner: RunnerPlugin) -> None:
    lock = threading.Lock()
    seen: dict[str, list[str]] = {name: [] for name in names(4)}

    class Watch(QuietProcessor):
        def task_instance_started(self, task: Task, host: Host) -> None:
            with lock:
                seen[host.name].append("started")

        def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
            with lock:
                seen[host.name].append("failed" if result.failed else "ok")

    fleet(4, runner, [Watch()]).run(task=fails_on_r2)
    assert seen == {"r1": ["started", "ok"], "r2": ["started", "failed"], "r3": ["started", "ok"], "r4": ["started", "ok"]}


def test_a_runner_can_be_used_again(runner: RunnerPlugin) -> None:
    nornir = fleet(4, runner)
    assert nornir.run(task=hello) is not nornir.run(task=hello)
    assert list(nornir.run(task=hello)) == names(4)
    assert list(fleet(2, runner).run(task=hello)) == names(2)


def test_with_runner_leaves_the_original_as_it_was(make_runner: Callable[[], RunnerPlugin]) -> None:
    original = fleet(2, SerialRunner())
    copy = original.with_runner(make_runner())
    assert list(copy.run(task=hello)) == names(2)
    assert isinstance(original.runner, SerialRunner)
