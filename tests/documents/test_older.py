"""Words that are text here and something else in YAML 1.1: told where they matter, and no others."""

from __future__ import annotations

import pytest
import yaml

from runner.documents.load import parse
from runner.documents.older import SHOWN, doubts_of

DOUBTFUL = ["yes", "No", "ON", "off", "1:30", "10:20:30", "10:20:30:40:50:55", "1:30.5", "0123", "-017", "1_000", "08.5", "0b101"]
CLEAR = [
    "y",
    "n",
    "nO",
    "true",
    "42",
    "1.5",
    "0x1f",
    "10.0.0.1",
    "15.2(4)M",
    "00:11:22:aa:bb:cc",
    "2001:db8::1",
    "089",
    "2024-01-01",
    "25%",
    "-",
]


def warnings(source: str) -> list[str]:
    """All warnings for a source, every place counted."""
    return [str(each) for each in doubts_of(parse(source, file="f.yaml"), lambda path: True)]


@pytest.mark.parametrize("word", DOUBTFUL)
def test_f83_a_word_that_older_yaml_reads_otherwise_is_told_with_what_that_is(word: str) -> None:
    older = str(yaml.safe_load(word)).lower()
    hint = f'write "{word}" to mean the text, or {older}'
    assert warnings(f"a:\n  - {word}\n") == [f"f.yaml:2:5 '{word}' is text, but older YAML (Ansible) reads it as {older} ({hint})"]


@pytest.mark.parametrize("word", CLEAR)
def test_f83_a_word_that_nobody_reads_otherwise_is_not_told(word: str) -> None:
    assert warnings(f"a: [{word}]\n") == []


ROWS = [
    ("in quotes", "a: 'no'\n", 0),
    ("with a tag", "a: !!str no\n", 0),
    ("block", "a: |\n  no\n", 0),
    ("key", "no: 1\nyes: {on: 2}\n", 0),
    ("alias, once", "a: &a no\nb: *a\nc: [*a]\n", 1),
    ("merged, once", "a: &a {x: no}\nb: {<<: *a}\n", 1),
    ("alone in the file", "no\n", 1),
    ("what PyYAML cannot read", "a: 0x_\n", 1),
    ("as many as are shown", "a: [" + "no, " * SHOWN + "]\n", SHOWN),
    ("more than are shown", "a: [" + "no, " * 1000 + "]\n", SHOWN + 1),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_f83_how_many_are_told(source: str, expected: int) -> None:
    assert len(warnings(source)) == expected


def test_f83_the_rest_is_counted() -> None:
    assert warnings("a: [" + "no, " * 1000 + "]\n")[-1].startswith(f"f.yaml:1:25 from here on {1000 - SHOWN} more that are text")


@pytest.mark.parametrize("source", ["password: 0123\n", "secret:\n  - 0123\n", "{a: 1, token: 0123}\n"])
def test_f83_a_word_that_may_be_a_secret_is_not_shown(source: str) -> None:
    (warning,) = doubts_of(parse(source, file="f.yaml"), lambda path: True)
    assert "0123" not in f"{warning} {warning.where and warning.where.text}" and "83" not in str(warning)
