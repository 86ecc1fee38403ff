"""What the result handler `python` gives a function, and what becomes of what it returns or raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runner.contracts import Refused
from runner.errors import InputError, RunnerError
from runner.results.python import Python, PythonArguments
from tests.results.fakes import Context

PLUGIN = """
from runner.contracts import Refused

def lines(output, parsed, host, command): return [len(output.splitlines()), parsed, host["name"], command]
def remember(context, name): context.register(name, context.output)
def refuse(output): raise Refused(f"{output} is too short")
def breaks(): raise ValueError("x")
def leaves(): raise SystemExit(2)
def lazy(): yield 1
def hidden(): return lazy()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mine.py").write_text(PLUGIN)
    return tmp_path


def handle(root: Path, value: Any) -> Context:
    context, handler = Context(output="a\nb", parsed=[1], root=root), Python()
    handler.handle(PythonArguments.model_validate(value), context)
    return context


@pytest.mark.parametrize(
    ("value", "registered"),
    [
        pytest.param("mine:lines", {}, id="not registered"),
        pytest.param({"function": "mine:lines", "register": "found"}, {"found": [2, [1], "r1", "show version"]}, id="registered"),
        pytest.param({"function": "mine:remember", "args": {"name": "x"}}, {"x": "a\nb"}, id="registers itself"),
    ],
)
def test_a_function_gets_what_its_signature_names(root: Path, value: Any, registered: dict[str, Any]) -> None:
    assert handle(root, value).registered == registered


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        pytest.param("refuse", Refused, "a\nb is too short", id="refuses"),
        pytest.param("breaks", ValueError, "x", id="breaks"),
        pytest.param("leaves", RunnerError, "tried to end the program", id="f38 leaves"),
        pytest.param("hidden", RunnerError, "returned a generator, which has done nothing yet", id="does nothing"),
    ],
)
def test_what_it_raises(root: Path, name: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        handle(root, f"mine:{name}")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("mine:remember", "missing a required argument: 'name'", id="one is missing"),
        pytest.param("mine:lazy", "generator", id="a generator"),
        pytest.param("yours:x", "there is no module 'yours'", id="no module"),
    ],
)
def test_mistakes_are_known_in_planning(root: Path, value: Any, words: str) -> None:
    handler = Python()
    with pytest.raises(InputError, match=words):
        handler.check_code(PythonArguments.model_validate(value), root)


@pytest.mark.parametrize("value", [{"function": "a:b", "register": "2x"}, {"function": "a:b", "args": {"output": 1}}, "a.b"])
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Python.arguments.model_validate(value)
