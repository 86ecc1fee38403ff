"""What the action `python` gives a function, and what it makes of what the function returns or raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.python import Python, PythonArguments
from runner.contracts import ActionResult, CommandResult
from runner.errors import InputError, SessionError, Stopped
from runner.platforms import platform_of
from tests.actions.fakes import Context, TableSession

PLUGIN = """
from runner.contracts import ActionResult, CommandResult, Refused
from runner.errors import RunnerError, SessionError, Stopped

def give(value): return value
def names(host, variables, context): return [host["name"], variables["x"], context.platform.name]
def clock(session, zone="UTC"): return f"{session.send('show clock').output} {zone}"
def own(): return ActionResult(results=(CommandResult(output="mine"),), changed=True)
def refuse(): raise Refused("not today")
def silent(): raise Refused()
def break_(): raise ValueError("x is\\nnot y")
def known(): raise RunnerError("no licence", hint="buy one")
def leave(): raise SystemExit(3)
def lose(): raise SessionError("gone", phase="command", cause="closed")
def stop(): raise Stopped("a person")
def lazy(): return (each for each in "ab")
async def later(): pass
def hidden(): return later()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text(PLUGIN)
    return tmp_path


def run(root: Path, value: Any, **context: Any) -> ActionResult:
    action = Python()
    return action.run(PythonArguments.model_validate(value), Context(root=root, variables={"x": 1}, **context))


@pytest.mark.parametrize(
    ("value", "output", "parsed"),
    [
        pytest.param(None, "", None, id="nothing"),
        pytest.param("text", "text", None, id="text"),
        pytest.param([1, {"a": None}], '[\n  1,\n  {\n    "a": null\n  }\n]', [1, {"a": None}], id="data"),
        pytest.param(False, "false", False, id="false is data"),
        pytest.param({(1, 2): 3}, "{(1, 2): 3}", {(1, 2): 3}, id="no JSON"),
    ],
)
def test_what_is_returned_becomes_the_result(root: Path, value: Any, output: str, parsed: Any) -> None:
    result = run(root, {"function": "mine:give", "args": {"value": value}})
    assert result == ActionResult(results=(CommandResult(output=output, parsed=parsed),), changed=True)


def test_what_only_reads_changes_nothing(root: Path) -> None:
    assert not run(root, {"function": "mine:give", "args": {"value": 1}, "reads_only": True}).changed


def test_a_function_gets_what_its_signature_names(root: Path) -> None:
    assert run(root, "mine:names").results[0].parsed == ["r1", 1, "cisco_ios"]
    value = {"function": "mine:clock", "args": {"zone": "CET"}, "needs_session": True}
    assert run(root, value, table=TableSession({"show clock": "12:00"})).results[0].output == "12:00 CET"


def test_secrets_are_revealed_to_it(root: Path) -> None:
    value = {"function": "mine:give", "args": {"value": "MARKER"}}
    assert run(root, value, secrets={"MARKER": "s3cret"}).results[0].output == "s3cret"


def test_a_result_of_its_own_is_taken_as_it_is(root: Path) -> None:
    assert run(root, "mine:own").results == (CommandResult(output="mine"),)


@pytest.mark.parametrize(
    ("name", "reason", "hint"),
    [
        pytest.param("refuse", "not today", "", id="refuses"),
        pytest.param("silent", "'mine:silent' refused without a reason", "", id="refuses without a word"),
        pytest.param("break_", "'mine:break_' failed: ValueError: x is not y", "", id="raises"),
        pytest.param("known", "'mine:known' failed: no licence", "buy one", id="raises an error of ours"),
        pytest.param("leave", "'mine:leave' failed: SystemExit: 3", "", id="f38 leaves"),
        pytest.param("lazy", "'mine:lazy' returned a generator, which has done nothing yet", "", id="generator"),
        pytest.param("hidden", "'mine:hidden' returned a coroutine, which has done nothing yet", "", id="coroutine"),
    ],
)
def test_f38_what_it_raises_fails_the_host(root: Path, name: str, reason: str, hint: str) -> None:
    result = run(root, f"mine:{name}")
    assert (result.failed, result.reason, result.hint) == (True, reason, hint)


@pytest.mark.parametrize(("name", "kind"), [("lose", SessionError), ("stop", Stopped)])
def test_the_sessions_end_and_a_stop_pass_through(root: Path, name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        run(root, f"mine:{name}")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({"function": "mine:give", "args": {"value": 1}}, "", id="fits"),
        pytest.param("mine:give", "missing a required argument: 'value'", id="one is missing"),
        pytest.param("mine:giv", "the module 'mine' has no 'giv'", id="no function"),
        pytest.param("mine:clock", "'mine:clock' takes a `session`", id="a session without saying so"),
        pytest.param({"function": "mine:clock", "needs_session": True}, "", id="a session"),
        pytest.param("mine:names", "", id="what is offered need not be given"),
        pytest.param("mine:later", "asynchronous", id="asynchronous"),
    ],
)
def test_mistakes_are_known_in_planning(root: Path, value: Any, words: str) -> None:
    action = Python()
    arguments = PythonArguments.model_validate(value)
    if not words:
        action.check_code(arguments, root)
        return
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        action.check_code(arguments, root)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("mine.give", "here perhaps 'mine:give'", id="no colon"),
        pytest.param("mine", "package.module:function", id="a module"),
        pytest.param("os; rm:x", "package.module:function", id="no name"),
        pytest.param({"function": "a:b", "args": {"host": 1}}, "'host' in `args`", id="a name of ours"),
        pytest.param({"args": {}}, "required", id="no function"),
        pytest.param({"function": "a:b", "arg": {}}, "Extra inputs", id="unknown key"),
    ],
)
def test_wrong_arguments_are_refused(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PythonArguments.model_validate(value)


def test_it_writes_unless_it_is_said_not_to() -> None:
    action = Python()
    writes = action.writes(PythonArguments.model_validate("a:b"), platform_of("cisco_ios"))
    assert writes == "'a:b' does not say `reads_only: true`"
    reads = PythonArguments.model_validate({"function": "a:b", "reads_only": True, "needs_session": True})
    assert not action.writes(reads, platform_of("cisco_ios"))
    assert action.connection(reads) == "netmiko" and action.connection(PythonArguments.model_validate("a:b")) == ""
