"""Numbers as keys: kept in free data, refused with their place where a key has a meaning."""

from __future__ import annotations

from typing import Any

import pytest

from runner.documents.load import parse, understand
from runner.documents.text_keys import inside_top_level

KEPT: list[tuple[str, str, Any]] = [
    ("decimal", "a: {10: x, -1: y, 0: z}", {"a": {10: "x", -1: "y", 0: "z"}}),
    ("another writing", "a: {0x1F: x, 0o17: y}", {"a": {31: "x", 15: "y"}}),
    ("in quotes it is text", "a: {'10': x}", {"a": {"10": "x"}}),
    ("number and text are two keys", "a: {10: x, '10': y}", {"a": {10: "x", "10": "y"}}),
    ("leading zero is text", "a: {010: x, 10: y}", {"a": {"010": "x", 10: "y"}}),
    ("deeper", "a: [{b: {10: {20: x}}}]", {"a": [{"b": {10: {20: "x"}}}]}),
    ("merged", "a: &a {10: x, 20: y}\nb: {<<: *a, 10: z}", {"a": {10: "x", 20: "y"}, "b": {10: "z", 20: "y"}}),
    ("alias as key", "a: &a 10\nb: {*a : x}", {"a": 10, "b": {10: "x"}}),
]


@pytest.mark.parametrize(("source", "data"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_in_free_data_a_number_is_a_key(source: str, data: Any) -> None:
    assert parse(source, file="f.yaml", free=inside_top_level).data == data


def test_the_place_of_what_stands_under_a_number() -> None:
    document = parse("a:\n  10:\n    - x\n    - y\n", file="f.yaml", free=inside_top_level)
    assert str(document.where(("a", 10, 1))) == "f.yaml:4:7"
    assert str(document.where(("a", 10), key=True)) == "f.yaml:2:3"
    assert str(document.where(("a", "10", 1))) == "f.yaml:2:3"


REFUSED = [
    ("where a key has a meaning", "10: x", "1:1 key '10' is a number, but a key must be text (put it in quotes: '10')"),
    ("twice", "a: {10: x, 20: y, 10: z}", "1:19 duplicate key '10': line 1 repeats line 1 (keep one of them)"),
    ("twice in two writings", "a: {10: x,\n 0xA: y}", "2:2 duplicate key '0xA': line 2 repeats line 1 (keep one of them)"),
    ("a fraction", "a: {1.0: x, 1: y}", "1:5 key '1.0' is a number, but a key must be text (put it in quotes: '1.0')"),
    ("true is not 1", "a: {true: x, 1: y}", "1:5 key 'true' is a truth value, but a key must be text (put it in quotes: 'true')"),
    ("nothing", "a: {~: x, 0: y}", "1:5 key '~' is nothing, but a key must be text (put it in quotes: '~')"),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_keys_that_are_refused(source: str, expected: str) -> None:
    _, problems = understand(source, file="f.yaml", free=inside_top_level)
    assert [str(problem) for problem in problems] == [f"f.yaml:{expected}"]


def test_an_alias_brings_no_number_to_where_keys_have_a_meaning() -> None:
    document, problems = understand("- {vars: &x {10: a}}\n- *x\n", file="f.yaml", free=lambda path: "vars" in path)
    assert [str(problem.where) for problem in problems] == ["f.yaml:1:14"]
    assert document is not None and document.data == [{"vars": {10: "a"}}, {"10": "a"}]
