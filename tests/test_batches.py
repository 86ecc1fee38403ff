"""Batch arithmetic: Ansible's rows, the texts a user may write, and the laws that hold for any of them."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.batches import (
    DEFAULT,
    BatchFinished,
    BatchSpec,
    BatchStarted,
    in_words,
    largest,
    parse_batch_size,
    parse_batch_size_text,
    split,
)

WORDS = [(10, "batch size 10"), ("25%", "batch size 25%"), ([1, "25%"], "batch size 1,25%"), (0, "batch size: all hosts")]
WORDS += [([2, 0, 5], "batch size 2, then all hosts"), ([0, 5], "batch size: all hosts")]


@pytest.mark.parametrize(("size", "words"), WORDS, ids=[row[1] for row in WORDS])
def test_a_batch_size_in_words(size: int | str | list[int | str], words: str) -> None:
    assert in_words(size) == words


ARITHMETIC = [
    pytest.param(10, 25, [10, 10, 5], id="a number"),
    pytest.param(10, 10, [10], id="exactly one batch"),
    pytest.param(10, 50, [10] * 5, id="no short batch"),
    pytest.param(10, 3, [3], id="more than there are"),
    pytest.param(1, 3, [1, 1, 1], id="one by one"),
    pytest.param(0, 10, [10], id="0 is all"),
    pytest.param("25%", 10, [2, 2, 2, 2, 2], id="a percentage is rounded down"),
    pytest.param("25%", 25, [6, 6, 6, 6, 1], id="a percentage of the total, not of the rest"),
    pytest.param("1%", 10, [1] * 10, id="a percentage below one host is one host"),
    pytest.param("100%", 7, [7], id="100% is all"),
    pytest.param("150%", 7, [7], id="above 100% is all"),
    pytest.param([1, 3, "30%"], 10, [1, 3, 3, 3], id="the last entry repeats"),
    pytest.param([1, 5, "25%"], 40, [1, 5, 10, 10, 10, 4], id="a ramp"),
    pytest.param([2, 0], 10, [2, 8], id="0 in a list is all remaining"),
    pytest.param([0, 2], 10, [10], id="0 first leaves nothing for the rest"),
    pytest.param([4, 3, 2], 5, [4, 1], id="a ramp longer than the play"),
    pytest.param(10, 0, [], id="no host, no batch"),
    pytest.param("25%", 0, [], id="a percentage of nothing"),
]


@pytest.mark.parametrize(("written", "total", "sizes"), ARITHMETIC)
def test_batches_have_ansibles_sizes(written: object, total: int, sizes: list[int]) -> None:
    spec = parse_batch_size(written)
    assert [len(batch) for batch in split(range(total), spec)] == sizes
    assert largest(total, spec) == max(sizes, default=0)


WRITTEN = [
    pytest.param(10, 10, id="int"),
    pytest.param(0, 0, id="zero"),
    pytest.param("10", 10, id="a number as text"),
    pytest.param("25%", "25%", id="percentage"),
    pytest.param(" 025% ", "25%", id="percentage with blanks and zeros"),
    pytest.param([1, 5, "25%"], [1, 5, "25%"], id="list"),
    pytest.param((1, 5), [1, 5], id="tuple"),
    pytest.param([3], [3], id="list of one stays a list"),
]


@pytest.mark.parametrize(("written", "recorded"), WRITTEN)
def test_the_record_keeps_what_was_written(written: object, recorded: object) -> None:
    assert parse_batch_size(written).as_written == recorded


WRONG = [
    pytest.param("12.5%", "'12.5%' is not a whole percentage", id="half percent"),
    pytest.param("abc", "'abc' is not a number of hosts or a percentage", id="word"),
    pytest.param("", "'' is not a number", id="empty text"),
    pytest.param("%", "'%' is not a whole percentage", id="percent sign alone"),
    pytest.param("10%%", "'10%%' is not a whole percentage", id="two percent signs"),
    pytest.param("٢٥%", "is not a whole percentage", id="digits that are not ASCII"),
    pytest.param("1_0", "'1_0' is not a number", id="digit separator"),
    pytest.param("9" * 5000, "is not a number", id="endless digits"),
    pytest.param(-1, "-1 is negative", id="negative number"),
    pytest.param("-1", "'-1' is negative", id="negative text"),
    pytest.param("-5%", "'-5%' is negative", id="negative percentage"),
    pytest.param("0%", "'0%' is not a whole percentage of at least 1%", id="zero percent"),
    pytest.param(True, "True is not a number of hosts", id="true"),
    pytest.param(False, "False is not a number of hosts", id="false"),
    pytest.param(10.0, "10.0 is not a whole number", id="float"),
    pytest.param(None, "None is not a number of hosts", id="nothing"),
    pytest.param({"n": 1}, "is not a number of hosts", id="mapping"),
    pytest.param([], "an empty list", id="empty list"),
    pytest.param([1, "x"], "'x' is not a number of hosts", id="wrong entry in a list"),
    pytest.param([1, [2]], "[2] is not a number of hosts", id="list in a list"),
]


@pytest.mark.parametrize(("written", "sentence"), WRONG)
def test_a_wrong_batch_size_is_told_in_one_short_line(written: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^batch size ") as caught:
        parse_batch_size(written)
    message = str(caught.value)
    assert sentence in message
    assert "write a number of hosts such as 10" in message
    assert "\n" not in message
    assert len(message) < 250


@pytest.mark.parametrize(
    ("text", "recorded"),
    [("10", 10), ("0", 0), ("25%", "25%"), ("1,5,25%", [1, 5, "25%"]), (" 1 , 5 ", [1, 5])],
)
def test_the_text_of_a_command_line(text: str, recorded: object) -> None:
    assert parse_batch_size_text(text).as_written == recorded


@pytest.mark.parametrize("text", ["", ",", "1,", "1,,2", "[1, 2]", "12.5%", "-1", "0%", "1;2"])
def test_a_wrong_text_of_a_command_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^batch size "):
        parse_batch_size_text(text)


def test_a_checked_batch_size_is_a_value() -> None:
    spec = parse_batch_size([1, "25%"])
    assert parse_batch_size(spec) is spec
    assert spec == parse_batch_size_text("1,25%")
    assert hash(spec) == hash(parse_batch_size_text("1,25%"))
    assert str(spec) == "1,25%"
    assert parse_batch_size(DEFAULT).as_written == 10


@pytest.mark.parametrize(
    "fact",
    [
        parse_batch_size(1),
        BatchStarted(number=1, total=1, hosts=("r1",)),
        BatchFinished(number=1, total=1, hosts=("r1",), results={"r1": "ok"}),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_facts_are_frozen(fact: BatchSpec | BatchStarted | BatchFinished) -> None:
    field = dataclasses.fields(fact)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(fact, field, 2)


numbers = st.integers(0, 60)
percentages = st.integers(1, 200).map("{}%".format)
entries = numbers | percentages
specs = st.builds(parse_batch_size, entries | st.lists(entries, min_size=1, max_size=6))


@given(hosts=st.lists(st.text(max_size=4), max_size=80), spec=specs)
def test_every_host_is_in_exactly_one_batch_and_order_is_kept(hosts: list[str], spec: BatchSpec) -> None:
    batches = split(hosts, spec)
    assert [host for batch in batches for host in batch] == hosts
    assert all(batches)


@given(total=st.integers(0, 500), spec=specs)
def test_no_batch_is_larger_than_the_ceiling(total: int, spec: BatchSpec) -> None:
    assert largest(total, spec) == max((len(batch) for batch in split(range(total), spec)), default=0)


@given(total=st.integers(1, 500), size=st.integers(1, 60))
def test_only_the_last_batch_may_be_short(total: int, size: int) -> None:
    batches = split(range(total), parse_batch_size(size))
    assert len(batches) == -(-total // size)
    assert all(len(batch) == size for batch in batches[:-1])


@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers() | st.text(), max_size=3))
def test_any_value_is_a_batch_size_or_a_value_error(value: object) -> None:
    try:
        spec = parse_batch_size(value)
    except ValueError:
        return
    assert sum(len(batch) for batch in split(range(10), spec)) == 10
    assert parse_batch_size(spec.as_written) == spec


@given(spec=specs)
def test_the_record_reads_back_as_the_same_batch_size(spec: BatchSpec) -> None:
    assert parse_batch_size(spec.as_written) == spec
