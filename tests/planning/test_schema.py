"""The JSON Schema of playbooks: what is right is allowed, typical mistakes are not, and no word of it is beyond draft-07."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import BaseModel, Field

from runner.documents.load import load, parse
from runner.planning.registries import Registries
from runner.planning.schema import playbook_schema
from runner.planning.schema_shapes import of_arguments
from runner.playbook.free import is_free
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.test_playbooks import kind

SCHEMA = playbook_schema(Registries(), only="runner.")
VALIDATOR = Draft7Validator(SCHEMA)
BLOCKS = [block for block in blocks("yaml") if kind(block) in ("playbook", "tasks", "on_result")]
FILES = sorted(path for folder in ("playbooks", "docs", "runner") for path in (ROOT / folder).rglob("*.yaml"))


def wrong(data: Any) -> list[str]:
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def play(task: Any, **more: Any) -> list[Any]:
    return [{"hosts": "all", "tasks": [task], **more}]


def written(text: str) -> Any:
    return parse(text, file="x.yaml", free=is_free).data


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert len(SCHEMA["definitions"]["task"]["oneOf"]) >= 9


def test_no_word_is_newer_than_draft_07() -> None:
    newer = {"$defs", "prefixItems", "unevaluatedProperties", "unevaluatedItems", "dependentRequired", "dependentSchemas", "minContains"}
    assert not newer & set(keys(SCHEMA))
    for node in nodes(SCHEMA):
        if "$ref" in node:
            assert len(node) == 1 and node["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(each)


def keys(value: Any) -> Iterator[str]:
    for node in nodes(value):
        yield from node


@pytest.mark.parametrize("path", [path for path in FILES if b"hosts:" in path.read_bytes() and "tasks:" in path.read_text()], ids=str)
def test_every_playbook_is_allowed(path: Path) -> None:
    assert wrong(load(path, free=is_free).data) == []


@pytest.mark.parametrize("block", [pytest.param(block, id=block.place) for block in BLOCKS])
def test_every_playbook_of_the_documentation_is_allowed(block: Block) -> None:
    """Parts of playbooks are put into one."""
    data = written(block.text)
    if kind(block) == "on_result":
        data = [{"commands": "show clock", **data}]
    assert wrong(data if kind(block) == "playbook" else [{"hosts": "all", "tasks": data}]) == []


def test_there_are_playbooks_to_try() -> None:
    assert len(BLOCKS) > 10 and len(FILES) > 3


RIGHT: dict[str, Any] = {
    "a command alone": {"commands": "show clock"},
    "commands in every shape": {"commands": ["show clock", {"command": "x", "timeout": "{{ limit }}"}]},
    "a list from a variable": {"commands": "{{ wanted }}"},
    "lines alone": {"config": ["interface Loopback0"]},
    "one parent": {"config": {"lines": "shutdown", "parents": "interface Loopback0"}},
    "no arguments": {"save_config": None},
    "empty arguments": {"pause": {}},
    "a template for a number": {"pause": {"seconds": "{{ seconds }}"}},
    "a condition that is none": {"debug": "x", "when": True},
    "conditions": {"debug": "x", "when": ["a", "b"]},
    "a tag": {"debug": "x", "tags": "a"},
    "a check": {"config": ["x"], "verify": {"commands": "show x", "that": "'y' in output"}, "idempotent": True},
    "checks": {"config": ["x"], "verify": {"commands": ["show x", "show y"], "that": ["a", "b"]}},
    "any loop": {"debug": "x", "loop": "{{ items }}", "loop_control": {"label": "x"}},
    "a handler by its name": {"commands": "x", "on_result": ["print"]},
    "a handler without arguments": {"commands": "x", "on_result": [{"print": None}]},
    "short forms of handlers": {"commands": "x", "on_result": [{"save": "x.txt"}, {"parse": "textfsm"}, {"expect": {"contains": "x"}}]},
    "a number for a text": {"commands": "x", "on_result": [{"expect": {"contains": 5}, "commands": "show *"}]},
}


@pytest.mark.parametrize("task", RIGHT.values(), ids=RIGHT)
def test_what_is_right(task: Any) -> None:
    assert wrong(play(task)) == []


WRONG: dict[str, Any] = {
    "not a list": {"hosts": "all", "tasks": []},
    "no plays": [],
    "unknown keyword of a play": play({"debug": "x"}, batchsize=3),
    "no hosts": [{"tasks": [{"debug": "x"}]}],
    "no tasks": [{"hosts": "all"}],
    "serial and batch_size": play({"debug": "x"}, serial=1, batch_size=2),
    "more than all": play({"debug": "x"}, max_fail_percentage=120),
    "an order that is none": play({"debug": "x"}, order="random"),
    "unknown keyword of a task": play({"debug": "x", "wen": "y"}),
    "unknown action": play({"comands": "show clock"}),
    "two actions": play({"debug": "x", "commands": "y"}),
    "no action": play({"name": "x"}),
    "a keyword of the wrong type": play({"debug": "x", "ignore_errors": "maybe"}),
    "unknown argument": play({"commands": {"command": "x", "timeot": 3}}),
    "an argument of the wrong type": play({"commands": {"command": "x", "timeout": "long"}}),
    "an argument that must be there": play({"assert": {"msg": "x"}}),
    "no commands": play({"commands": []}),
    "arguments left out": play({"commands": None}),
    "unknown handler": play({"commands": "x", "on_result": [{"sav": "x"}]}),
    "unknown handler by its name": play({"commands": "x", "on_result": ["prnt"]}),
    "two handlers in one entry": play({"commands": "x", "on_result": [{"save": "x", "print": None}]}),
    "a choice that is none": play({"commands": "x", "on_result": [{"parse": {"with": "xml"}}]}),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
def test_typical_mistakes(data: Any) -> None:
    assert wrong(data)


def test_every_keyword_and_argument_has_a_description() -> None:
    for name in ("play", "task"):
        for keyword, shape in SCHEMA["definitions"][name]["properties"].items():
            assert shape.get("description"), keyword


class Odd(BaseModel):
    """Arguments as somebody else may write them."""

    pair: tuple[int, str] = Field(description="Two.")
    inner: dict[str, list[int]] = Field(default_factory=dict, description="Deep.")


def test_arguments_of_others_become_draft_07() -> None:
    shape, inner = of_arguments(Odd, "action.odd")
    Draft7Validator.check_schema(shape)
    assert "prefixItems" not in json.dumps([shape, inner])
    validator = Draft7Validator(shape)
    assert validator.is_valid({"pair": [1, "x"]}) and validator.is_valid({"pair": "{{ two }}"})
    assert not validator.is_valid({"pair": ["x", 1]})
