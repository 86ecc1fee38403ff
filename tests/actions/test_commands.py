"""What `commands` accepts, sends and reports."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.commands import Commands, CommandsArguments
from runner.contracts import CommandResult, Reply
from runner.errors import SessionError
from runner.platforms import platform_of
from tests.actions.fakes import Context, TableSession

REFUSED = "show ip osfp\n           ^\n% Invalid input detected at '^' marker."


def run(value: Any, answers: dict[str, Reply | Exception | str], item: Any = None) -> tuple[Any, TableSession]:
    session = TableSession(answers)
    action = Commands()
    return action.run(CommandsArguments.model_validate(value), Context(table=session, item=item)), session


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        pytest.param("show clock", [("show clock", None, None, None)], id="text"),
        pytest.param(["show clock", "show version"], [("show clock", None, None, None), ("show version", None, None, None)], id="list"),
        pytest.param({"command": "show clock", "timeout": 3}, [("show clock", 3.0, None, None)], id="mapping"),
        pytest.param(
            ["show version", {"command": "ping", "prompt": "Protocol.*:", "answer": "ip"}],
            [("show version", None, None, None), ("ping", None, "Protocol.*:", "ip")],
            id="mixed",
        ),
        pytest.param("  show clock \n", [("show clock", None, None, None)], id="white space around"),
        pytest.param("show run | include a{2}|ü", [("show run | include a{2}|ü", None, None, None)], id="any printable character"),
    ],
)
def test_three_shapes_are_sent_in_order(value: Any, sent: list[Any]) -> None:
    result, session = run(value, {command: f"output of {command}" for command, *_ in sent})
    assert session.sent == sent
    assert not result.failed
    assert not result.changed
    assert [(entry.command, entry.output) for entry in result.results] == [(command, f"output of {command}") for command, *_ in sent]


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        pytest.param([], (), "at least one command", id="f20b empty list"),
        pytest.param("", (0, "command"), "empty", id="f20b empty text"),
        pytest.param(["show clock", "  "], (1, "command"), "empty", id="f20b blank entry"),
        pytest.param("show clock\nhostname evil", (0, "command"), "list entries", id="f19 newline"),
        pytest.param("show clock\rhostname evil", (0, "command"), "list entries", id="f19 carriage return"),
        pytest.param("show clock\u2028hostname evil", (0, "command"), "list entries", id="f19 line separator"),
        pytest.param({"command": "show\x03clock"}, (0, "command"), "U+0003", id="f19 ctrl-c"),
        pytest.param("show\tclock", (0, "command"), "U+0009", id="f19 tab"),
        pytest.param("show\x7fclock", (0, "command"), "U+007F", id="f19 delete"),
        pytest.param("show\x9bclock", (0, "command"), "U+009B", id="f19 csi"),
        pytest.param({"command": "ping", "prompt": "x", "answer": "a\nreload"}, (0, "answer"), "newline", id="f19 newline in the answer"),
        pytest.param({"command": "x", "timeout": 0}, (0, "timeout"), "greater than 0", id="no time"),
        pytest.param({"command": "x", "timeout": "inf"}, (0, "timeout"), "finite", id="endless time"),
        pytest.param({"command": "x", "answer": "y"}, (0,), "without `prompt`", id="answer without question"),
        pytest.param({"command": "x", "prompt": "("}, (0, "prompt"), "regular expression", id="broken expression"),
        pytest.param({"command": "x", "timeot": 1}, (0, "timeot"), "Extra inputs", id="unknown key"),
        pytest.param({"timeout": 1}, (0, "command"), "required", id="no command"),
        pytest.param([5], (0,), "as text", id="number"),
        pytest.param([["show clock"]], (0,), "as text", id="nested list"),
        pytest.param(None, (), "tuple", id="nothing"),
    ],
)
def test_f19_f20b_wrong_arguments_name_the_place(value: Any, place: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Commands.arguments.model_validate(value)
    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert words in error["msg"]


def test_the_first_refused_command_ends_the_task() -> None:
    reply = Reply(command="show ip osfp", output=REFUSED, duration_seconds=0.1, error="% Invalid input detected at '^' marker.")
    result, session = run(["show clock", "show ip osfp", "show version"], {"show clock": "12:00", "show ip osfp": reply})
    assert [command for command, *_ in session.sent] == ["show clock", "show ip osfp"]
    assert result.failed
    assert result.reason == "'show ip osfp' was refused: % Invalid input detected at '^' marker."
    assert [entry.output for entry in result.results] == ["12:00", REFUSED]


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        pytest.param(["show clock", "clear counters"], True, id="a writing command was sent"),
        pytest.param(["clear counters", "wrong"], True, id="before a refused one"),
        pytest.param(["show clock", "wrong", "clear counters"], False, id="behind a refused one"),
        pytest.param(["wrong"], False, id="the refused one itself"),
    ],
)
def test_a_writing_command_that_was_taken_counts_as_a_change(value: list[str], changed: bool) -> None:
    refused = Reply(command="wrong", output=REFUSED, duration_seconds=0.1, error="% Invalid input detected at '^' marker.")
    result, _ = run(value, {"show clock": "12:00", "clear counters": "", "wrong": refused})
    assert result.changed is changed


def test_a_cut_output_says_so_and_the_item_is_kept() -> None:
    reply = Reply(command="show tech", output="beginning", duration_seconds=2.0, truncated=True)
    result, _ = run("show tech", {"show tech": reply}, item=7)
    assert not result.failed
    assert result.results == (CommandResult(command="show tech", output="beginning", duration_seconds=2.0, item=7, truncated=True),)


def test_a_lost_session_passes_through() -> None:
    with pytest.raises(SessionError, match="gone"):
        run("show clock", {"show clock": SessionError("gone", phase="command", cause="lost")})


@pytest.mark.parametrize(
    ("value", "word"),
    [
        pytest.param(["show clock", "display version", "ping 10.0.0.1"], "", id="reads"),
        pytest.param(["show clock", "reload"], "reload", id="writes"),
        pytest.param(["show run | redirect flash:x"], "redirect", id="redirects"),
        pytest.param(["configure terminal", "reload"], "configure", id="names the first"),
    ],
)
def test_writes_names_the_first_command_that_could_change_the_device(value: list[str], word: str) -> None:
    action = Commands()
    reason = action.writes(CommandsArguments.model_validate(value), platform_of("cisco_ios"))
    assert word in reason
    assert bool(reason) == bool(word)


def test_the_schema_allows_a_command_without_brackets_and_braces() -> None:
    schema = Commands.arguments.model_json_schema()
    text, line, lines = schema["anyOf"]
    assert text == {"type": "string"}
    assert lines["items"]["anyOf"] == [text, line]
    assert set(schema["$defs"]["CommandLine"]["properties"]) == {"command", "timeout", "prompt", "answer"}
