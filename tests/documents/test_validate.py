"""What a model refuses, in plain words and at its place."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from runner.documents.fields import keys_of, known_keys
from runner.documents.load import parse
from runner.documents.validate import located, validate, validate_sound


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("is odd; write an even number")
    return number


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = 0
    label: str | None = None


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    count: int = Field(default=0, ge=0, le=10)
    even: Annotated[int, AfterValidator(_even)] = 0
    ratio: float = 0
    flag: bool = False
    either: int | str | list[int] = 0
    order: Literal["sorted", "shuffle"] = "sorted"
    colour: Colour = Colour.RED
    inner: Inner = Inner()
    many: list[Inner] = []
    named: dict[str, Inner] = {}
    short: list[int] = Field(default=[], min_length=1)
    code: str = Field(default="a", pattern="^[a-z]+$", min_length=1)
    written: str = Field(default="", alias="as")
    hidden: int = Field(default=0, json_schema_extra={"internal": True})


class Lines(RootModel[Annotated[list[Inner], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)]]):
    """A list, or one entry without brackets."""


ROWS = [
    ("missing", "{}", ["3 'name' is missing (add 'name:')"]),
    ("text", "{name: 3}", ["10 'name' must be text, not a number"]),
    ("nothing", "{name: }", ["10 'name' must be text, not nothing"]),
    ("whole number", "{name: a, count: many}", ["20 'count' must be a whole number, not text"]),
    ("fraction", "{name: a, count: 1.5}", ["20 'count' must be a whole number, without a fraction"]),
    ("number", "{name: a, ratio: [1]}", ["20 'ratio' must be a number, not a list"]),
    ("truth", "{name: a, flag: perhaps}", ["19 'flag' must be true or false, not text"]),
    ("too small", "{name: a, count: -1}", ["20 'count' must be at least 0"]),
    ("too large", "{name: a, count: 11}", ["20 'count' must be at most 10"]),
    ("own rule", "{name: a, even: 3}", ["19 'even' is odd; write an even number"]),
    ("alternatives", "{name: a, either: {}}", ["21 'either' must be a whole number or text or a list, not a mapping"]),
    (
        "entry of an alternative",
        "{name: a, either: [x]}",
        ["22 entry 1 of 'either' must be a whole number, not text"],
    ),
    ("one of", "{name: a, order: sortd}", ["20 'order' must be one of: sorted, shuffle (did you mean 'sorted'?)"]),
    ("one of, far off", "{name: a, order: 3}", ["20 'order' must be one of: sorted, shuffle"]),
    ("enumeration", "{name: a, colour: gren}", ["21 'colour' must be one of: red, green (did you mean 'green'?)"]),
    ("unknown key", "{name: a, coutn: 1}", ["13 unknown key 'coutn' (did you mean 'count'?)"]),
    ("unknown inner key", "{name: a, inner: {lable: x}}", ["21 unknown key 'lable' (did you mean 'label'?)"]),
    ("unknown key in a list", "{name: a, many: [{size: 1}, {siez: 1}]}", ["32 unknown key 'siez' (did you mean 'size'?)"]),
    ("unknown key in a mapping", "{name: a, named: {x: {frob: 1}}}", ["25 unknown key 'frob' (known: size, label)"]),
    ("wrong inner", "{name: a, inner: 3}", ["20 'inner' must be a mapping, not a number"]),
    ("wrong entry", "{name: a, many: [3]}", ["20 entry 1 of 'many' must be a mapping, not a number"]),
    ("too few", "{name: a, short: []}", ["20 'short' must have at least 1 entry"]),
    ("too short", "{name: a, code: ''}", ["19 'code' must have at least 1 character"]),
    ("pattern", "{name: a, code: A1}", ["19 'code' must be text that matches ^[a-z]+$"]),
    ("alias", "{name: a, as: 3}", ["17 'as' must be text, not a number"]),
    ("not by the field's own name", "{name: a, written: x}", ["13 unknown key 'written'"]),
    ("not a mapping", "3", ["3 'top' must be a mapping, not a number"]),
    (
        "several",
        "{count: x, flag: 3, frob: 1}",
        ["3 'name' is missing", "11 'count' must be", "20 'flag' must be", "23 unknown key 'frob'"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_validate(text: str, expected: list[str]) -> None:
    """The value stands behind a key on its second line, so that places are those of the file."""
    document = parse(f"top:\n  {text}\n", file="f")
    made, problems = validate(Outer, document.data["top"], document, ("top",))
    assert made is None
    found = [str(problem).removeprefix("f:2:") for problem in problems]
    assert len(found) == len(expected), found
    for one, begin in zip(found, expected, strict=True):
        assert one.startswith(begin), found


@pytest.mark.parametrize(
    "text", ["{10: x, name: a}", "{inner: {10: x}, name: a}", "{named: {10: {}}, name: a}", "{many: [{10: x}], name: a}"]
)
def test_a_number_as_key_is_named_at_its_place(text: str) -> None:
    document = parse(text, file="f", free=lambda path: True)
    _, problems = validate(Outer, document.data, document, ())
    hint = "(put it in quotes: '10')"
    assert [str(problem) for problem in problems] == [f"f:1:{text.index('10') + 1} key '10' is a number, but a key must be text {hint}"]


def test_a_model_that_fits() -> None:
    document = parse("{name: a, count: '3', flag: yes, many: [{size: 1}]}", file="f")
    made, problems = validate(Outer, document.data, document, ())
    assert problems == []
    assert made is not None and (made.count, made.flag, made.many) == (3, True, [Inner(size=1)])


def test_what_is_sound_is_kept() -> None:
    document = parse("{name: a, count: x, frob: 1, flag: yes}", file="f")
    made, problems = validate_sound(Outer, document.data, document, ())
    assert len(problems) == 2
    assert made is not None and (made.name, made.count, made.flag) == ("a", 0, True)
    assert validate_sound(Outer, {"count": 1}, document, ())[0] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("top: {siez: 1}", "f:1:7 unknown key 'siez' (did you mean 'size'?)"),
        ("top: [{size: 1}, {size: x}]", "f:1:25 'size' must be a whole number, not text"),
        ("top: [3]", "f:1:7 entry 1 of 'top' must be a mapping, not a number"),
        ("top: x", "f:1:6 'top' must be a list, not text"),
    ],
)
def test_a_model_that_is_a_list(text: str, expected: str) -> None:
    document = parse(text, file="f")
    _, problems = validate(Lines, document.data["top"], document, ("top",))
    assert [str(problem) for problem in problems] == [expected]


def test_a_value_that_will_be_another_one_later_is_left_alone() -> None:
    document = parse("{count: '{{ n }}', flag: 3, frob: '{{ x }}'}", file="f")

    def template(value: Any) -> bool:
        return isinstance(value, str) and "{{" in value

    with pytest.raises(ValueError) as caught:
        Outer.model_validate(document.data)
    problems = located(caught.value, Outer, document.data, document, (), unless=template)  # type: ignore[arg-type]  # a ValidationError is one
    assert [problem.message for problem in problems] == [
        "'name' is missing",
        "'flag' must be true or false, not a number",
        "unknown key 'frob'",
    ]


def test_no_value_is_ever_named() -> None:
    """It may be a secret that stands at the wrong place."""
    document = parse(
        "{name: [hunter2], count: hunter2, flag: hunter2, either: {hunter2: 1}, inner: hunter2, code: HUNTER2 hunter2}", file="f"
    )
    _, problems = validate(Outer, document.data, document, ())
    assert len(problems) == 6
    assert "hunter2" not in "".join(problem.message + problem.hint for problem in problems)


def test_known_keys() -> None:
    assert keys_of(Inner) == ("size", "label")
    assert "as" in keys_of(Outer) and "hidden" not in keys_of(Outer) and "written" not in keys_of(Outer)
    for path in [("inner",), ("many", 3), ("named", "x")]:
        assert known_keys(Outer, path) == ("size", "label"), path
    assert known_keys(Lines, (0,)) == ("size", "label")
    assert known_keys(Outer, ("absent", "deeper")) == ()
