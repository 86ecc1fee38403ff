"""Plugins are anybody's code: what they return or raise is told of their host in a sentence, and hurts no other host."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from runner.events import HandlerFailed, HostFinished, TaskFinished
from runner.states import HostStatus, TaskStatus
from tests.execution.scenario import Scenario

MODULE = """
from pydantic import BaseModel

from runner.contracts import ActionResult, CommandResult, Refused


class Nothing(BaseModel):
    pass


class OddAction:
    name = "odd_action"
    arguments = Nothing
    needs_session = False

    def writes(self, arguments, platform):
        return ""

    def run(self, arguments, context):
        return {returned} if context.host.name == "r1" else ActionResult(results=(CommandResult(output="fine"),))


class OddHandler:
    name = "odd_handler"
    arguments = Nothing

    def handle(self, arguments, context):
        if context.host.name == "r1":
            raise {raised}
"""
ENTRY_POINTS = """\
[runner.actions]
odd_action = {module}:OddAction
[runner.result_handlers]
odd_handler = {module}:OddHandler
"""


class Plugins:
    """Installs a package with an action and a result handler that are odd on r1 and as they should be on r2."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._patch = patch

    def install(self, *, returned: str = "None", raised: str = "None") -> None:
        module = f"odd_plugins_{abs(hash((returned, raised, self._folder)))}"
        package = self._folder / f"{module}-1.0.dist-info"
        package.mkdir(parents=True)
        (self._folder / f"{module}.py").write_text(MODULE.replace("{returned}", returned).replace("{raised}", raised))
        (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (package / "entry_points.txt").write_text(ENTRY_POINTS.format(module=module))
        self._patch.syspath_prepend(str(self._folder))


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins:
    return Plugins(tmp_path / "installed", monkeypatch)


WRONG = [
    ("nothing", "None"),
    ("text", "'done'"),
    ("a mapping", "{'results': ()}"),
    ("the class", "ActionResult"),
    ("a reason that is no text", "ActionResult(failed=True, reason=ValueError('x'))"),
    ("a hint that is no text", "ActionResult(failed=True, reason='x', hint=3)"),
    ("facts that are a list", "ActionResult(facts=[1])"),
    ("results that are nothing", "ActionResult(results=None)"),
    ("results that are text", "ActionResult(results='abc')"),
    ("a result that is a mapping", "ActionResult(results=({'output': 'x'},))"),
    ("bytes as output", "ActionResult(results=(CommandResult(output=b'x'),))"),
    ("no output", "ActionResult(results=(CommandResult(output=None),))"),
    ("a command that is a number", "ActionResult(results=(CommandResult(command=3, output='x'),))"),
    ("a diff that is a list", "ActionResult(diff=['x'])"),
    ("a count that is text", "ActionResult(applied='all')"),
    ("a duration that is text", "ActionResult(results=(CommandResult(output='x', duration_seconds='soon'),))"),
]


@pytest.mark.parametrize("returned", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
def test_an_action_that_returns_something_else_fails_its_host_alone(tmp_path: Path, plugins: Plugins, returned: str) -> None:
    plugins.install(returned=returned)
    run = Scenario(tmp_path, hosts=2)
    run.run("- hosts: all\n  tasks:\n    - {odd_action: {}, register: it}\n    - debug: '{{ it }}'\n")
    assert [[event.status for event in run.told(HostFinished, name)] for name in ("r1", "r2")] == [[HostStatus.FAILED], [HostStatus.OK]]
    (task,) = run.told(TaskFinished, "r1")
    assert task.status is TaskStatus.FAILED and task.results == ()
    assert "'odd_action' broke" in task.reason and "ActionResult" in task.reason and task.hint
    assert json.dumps(task.entry())


SAVE = dedent("""\
    - hosts: all
      tasks:
        - commands: show clock
          on_result: [{odd_handler: {}}, {save: '{{ host.name }}.txt'}]
        - commands: show users
    """)


def test_a_verdict_without_words_fails_the_host_and_names_the_handler(tmp_path: Path, plugins: Plugins) -> None:
    plugins.install(raised="Refused()")
    run = Scenario(tmp_path, hosts=2).run(SAVE)
    ends = [run.told(HostFinished, name)[0] for name in ("r1", "r2")]
    assert [(end.status, end.reason) for end in ends] == [(HostStatus.FAILED, "refused by odd_handler"), (HostStatus.OK, "")]
    assert run.told(HandlerFailed) == []
    assert (tmp_path / "r1.txt").read_text() == "output of show clock"
    assert "show users" not in run.sent("r1")


RAISED = [
    ("SystemExit(3)", "SystemExit: 3"),
    ("KeyboardInterrupt()", "KeyboardInterrupt"),
    ("GeneratorExit()", "GeneratorExit"),
    ("KeyError('x')", "KeyError: 'x'"),
]


@pytest.mark.parametrize(("raised", "message"), RAISED, ids=[row[0] for row in RAISED])
def test_f38_whatever_a_handler_raises_is_its_own_error_and_the_host_goes_on(
    tmp_path: Path, plugins: Plugins, raised: str, message: str
) -> None:
    plugins.install(raised=raised)
    run = Scenario(tmp_path, hosts=2).run(SAVE)
    assert [run.told(HostFinished, name)[0].status for name in ("r1", "r2")] == [HostStatus.OK] * 2
    (error,) = run.told(HandlerFailed)
    assert (error.host, error.handler, error.command) == ("r1", "odd_handler", "show clock")
    assert error.message.startswith(message)
    assert (tmp_path / "r1.txt").exists() and run.sent("r1") == ["show clock", "show users"]
