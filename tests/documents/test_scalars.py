"""F83: what plain words of YAML mean."""

from __future__ import annotations

import math

import pytest

from runner.documents.load import parse
from runner.documents.scalars import kind

TEXT = [
    "no",
    "yes",
    "on",
    "off",
    "y",
    "n",
    "No",
    "YES",
    "On",
    "1:30",
    "10:20:30",
    "0123",
    "00",
    "007.5",
    "1_000",
    "0b101",
    "0x",
    "0xg",
    "0o9",
    "1e",
    "1e+",
    ".e3",
    "+",
    "--",
    ".",
    "..",
    "1.2.3",
    "12:34:56:78:9a:bc",
    "2024-01-01",
    "2024-01-01T10:00:00Z",
    "NaN",
    "inf",
    "nan",
    "Infinity",
    "None",
    "nil",
    "tRUE",
    "25%",
    "1,5",
    "15.2(4)M",
    "+.nan",
    "0x1F_",
    "192.0.2.1",
    "1h",
]
VALUES = {
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "0": 0,
    "-0": 0,
    "42": 42,
    "-7": -7,
    "+7": 7,
    "0o17": 15,
    "0x1f": 31,
    "0xFF": 255,
    "1e3": 1000.0,
    "1.5": 1.5,
    "-.5": -0.5,
    "1.": 1.0,
    "1.5E-2": 0.015,
    ".inf": math.inf,
    "-.INF": -math.inf,
    "9" * 300: int("9" * 300),
    "9" * 301: "9" * 301,
}


@pytest.mark.parametrize("word", TEXT)
def test_f83_words_that_stay_text(word: str) -> None:
    assert parse(f"a: {word}", file="x").data == {"a": word}


@pytest.mark.parametrize(("word", "value"), VALUES.items(), ids=[word[:20] for word in VALUES])
def test_f83_words_that_have_a_meaning(word: str, value: object) -> None:
    found = parse(f"[{word}]", file="x").data[0]
    assert found == value and type(found) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(parse(".nan", file="x").data)


@pytest.mark.parametrize("quoted", ['"42"', "'42'", "!!str 42", "|-\n  42", ">-\n  42"])
def test_quotes_and_blocks_are_text(quoted: str) -> None:
    assert parse(f"a: {quoted}", file="x").data == {"a": "42"}


TAGGED = [("!!int 42", 42), ("!!int '42'", 42), ("!!float 42", 42.0), ("!!bool true", True), ("!!null ~", None), ("!!seq [1]", [1])]


@pytest.mark.parametrize(("text", "value"), TAGGED, ids=[row[0] for row in TAGGED])
def test_tags_of_plain_data_are_followed(text: str, value: object) -> None:
    found = parse(text, file="x").data
    assert found == value and type(found) is type(value)


def test_an_empty_value_is_nothing() -> None:
    assert parse("a:\nb: ''\n", file="x").data == {"a": None, "b": ""}


@pytest.mark.parametrize(
    ("value", "words"), [(None, "nothing"), (True, "a truth value"), (3, "a number"), ("x", "text"), ([], "a list"), ({}, "a mapping")]
)
def test_kinds_are_named_without_the_value(value: object, words: str) -> None:
    assert kind(value) == words
