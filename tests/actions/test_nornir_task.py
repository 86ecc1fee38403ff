"""What `nornir_task` makes of the results and exceptions of Nornir tasks, and that it leaves nothing in Nornir's memory or log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Task
from pydantic import ValidationError

from runner.actions.nornir_task import NornirTask, NornirTaskArguments
from runner.contracts import ActionResult
from runner.errors import InputError, SessionError
from runner.platforms import platform_of
from runner.runners.batch import BatchRunner
from tests.actions.fakes import Context

PLUGIN = """
from nornir.core.task import Result
from runner.errors import SessionError

class ReadTimeout(Exception): pass

def give(task, value, **kwargs): return Result(host=task.host, result=value, **kwargs)
def plain(task): return {"host": task.host.name}
def raises(task): raise ValueError("canary")
def leaves(task): raise SystemExit(4)
def loses(task): raise SessionError("gone", phase="command", cause="closed")
def slow(task): raise ReadTimeout("pattern not found")
def hostless(task): return Result(host=None, result="no host")
def group(task):
    task.run(give, name="first", value="one", changed=True)
    task.run(task=plain)
def above(task):
    task.run(group)
    return "done"
def fails_below(task):
    task.run(give, value="fine")
    task.run(raises)
def loses_below(task): task.run(loses)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text(PLUGIN)
    return tmp_path


def run(root: Path, value: Any, *, kept: list[int] | None = None, **context: Any) -> ActionResult:
    """Run it in a Nornir run with one host, as execution does."""
    outcome: list[ActionResult | BaseException] = []

    def play(task: Task) -> None:
        try:
            arguments = NornirTaskArguments.model_validate(value)
            action = NornirTask()
            outcome.append(action.run(arguments, Context(root=root, nornir_task=task, **context)))
        except BaseException as error:
            outcome.append(error)
        if kept is not None:
            kept.append(len(task.results))

    hosts = Hosts({"r1": Host(name="r1", hostname="127.0.0.1")})
    nornir = Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=Defaults()), runner=BatchRunner(1))
    nornir.run(task=play)
    [given] = outcome
    if isinstance(given, BaseException):
        raise given
    return given


@pytest.mark.parametrize(
    ("value", "changed", "entries"),
    [
        pytest.param({"task": "mine:give", "args": {"value": "text"}}, False, [("", "text", None)], id="text"),
        pytest.param({"task": "mine:give", "args": {"value": "x", "changed": True}}, True, [("", "x", None)], id="changed"),
        pytest.param("mine:plain", False, [("", '{\n  "host": "r1"\n}', {"host": "r1"})], id="no Result"),
        pytest.param("mine:hostless", False, [("", "no host", None)], id="f39 a result without a host"),
        pytest.param("mine:group", True, [("first", "one", None), ("plain", '{\n  "host": "r1"\n}', {"host": "r1"})], id="subtasks"),
        pytest.param(
            "mine:above", True, [("", "done", None), ("first", "one", None), ("plain", '{\n  "host": "r1"\n}', {"host": "r1"})], id="deeper"
        ),
    ],
)
def test_f39_results_are_taken_over(root: Path, value: Any, changed: bool, entries: list[Any]) -> None:
    result = run(root, value)
    assert not result.failed, result.reason
    assert result.changed is changed
    told = [(each.command, each.output, each.parsed) for each in result.results]
    assert [each for each in told if each != ("group", "", None)] == entries


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("mine:raises", "'mine:raises' failed: ValueError: canary", id="raises"),
        pytest.param("mine:leaves", "'mine:leaves' failed: SystemExit: 4", id="f38 leaves"),
        pytest.param("mine:fails_below", "'mine:fails_below' failed: ValueError: canary", id="a subtask raises"),
        pytest.param(
            {"task": "mine:give", "args": {"value": "no\nlicence", "failed": True}}, "'mine:give' failed: no", id="says that it failed"
        ),
        pytest.param(
            {"task": "mine:give", "args": {"value": None, "failed": True}},
            "'mine:give' failed: it says so, without a reason",
            id="no words",
        ),
    ],
)
def test_f38_a_failure_has_the_tasks_words(root: Path, value: Any, reason: str) -> None:
    result = run(root, value)
    assert (result.failed, result.reason) == (True, reason)


def test_what_ran_before_the_failure_is_kept(root: Path) -> None:
    assert "fine" in [each.output for each in run(root, "mine:fails_below").results]


@pytest.mark.parametrize("name", ["loses", "loses_below", "slow"], ids=["itself", "below", "no answer"])
def test_the_end_of_the_session_passes_through(root: Path, name: str) -> None:
    with pytest.raises(SessionError):
        run(root, f"mine:{name}")


def test_nothing_is_logged_and_nothing_piles_up(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept: list[int] = []
    with caplog.at_level(logging.INFO):
        for name in ("raises", "fails_below", "above"):
            run(root, f"mine:{name}", kept=kept)
    assert "canary" not in caplog.text
    assert kept == [0, 0, 0]


def test_secrets_are_revealed_to_it(root: Path) -> None:
    value = {"task": "mine:give", "args": {"value": "MARKER"}}
    assert run(root, value, secrets={"MARKER": "s3cret"}).results[0].output == "s3cret"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({"task": "mine:give", "args": {"value": 1}}, "", id="fits"),
        pytest.param("mine:give", "missing a required argument: 'value'", id="one is missing"),
        pytest.param("nornir_netmiko.tasks:netmiko_send_comand", "has no 'netmiko_send_comand'", id="no such task"),
        pytest.param({"task": "mine:plain", "connection": "napalmm"}, "there is no connection plugin of Nornir 'napalmm'", id="no plugin"),
        pytest.param({"task": "mine:plain", "connection": "none"}, "", id="no connection"),
    ],
)
def test_mistakes_are_known_in_planning(root: Path, value: Any, words: str) -> None:
    action = NornirTask()
    arguments = NornirTaskArguments.model_validate(value)
    if not words:
        action.check_code(arguments, root)
        return
    with pytest.raises(InputError, match=words):
        action.check_code(arguments, root)


def test_what_it_talks_through_and_whether_it_writes() -> None:
    action = NornirTask()
    for written, connection in ((None, "netmiko"), ("none", ""), ("napalm", "napalm")):
        arguments = NornirTaskArguments.model_validate({"task": "a:b", **({"connection": written} if written else {})})
        assert action.connection(arguments) == connection
        assert action.writes(arguments, platform_of("cisco_ios")) == "'a:b' does not say `reads_only: true`"
    assert not action.writes(NornirTaskArguments.model_validate({"task": "a:b", "reads_only": True}), platform_of("cisco_ios"))
    with pytest.raises(ValidationError):
        NornirTaskArguments.model_validate({"task": "a:b", "connection": ""})
