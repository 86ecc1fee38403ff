"""Identical outputs once, the odd ones first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from runner.contracts import CommandResult
from runner.reporters.grouped import grouped_lines
from runner.reporters.line import plain
from tests.journal.story import record_of, task, told


def shown(outputs: Mapping[str, Mapping[str, str]], *, truncated: bool = False) -> list[str]:
    """The lines for host -> command -> output."""
    with record_of(tuple(outputs)) as record:
        for host, by_command in outputs.items():
            results = tuple(CommandResult(command=command, output=text, truncated=truncated) for command, text in by_command.items())
            told(record, [task(host, results=results)])
        return [plain(line) for line in grouped_lines(record)]


def test_one_output_for_all_is_shown_once() -> None:
    assert shown({f"r{n}": {"show clock": "12:00\n"} for n in range(1, 11)}) == [
        "== show clock: the same output from 10 hosts",
        "-- 10 hosts: r1-r10",
        "12:00",
    ]


def test_outliers_come_first() -> None:
    lines = shown({f"r{n}": {"show clock": "late" if n == 7 else "gone" if n in (2, 9) else "12:00"} for n in range(1, 13)})
    assert lines == [
        "== show clock: 3 different outputs from 12 hosts",
        "-- 1 host: r7",
        "late",
        "-- 2 hosts: r2,r9",
        "gone",
        "-- 9 hosts: r1,r3-r6,r8,r10-r12",
        "12:00",
    ]


def test_each_command_is_a_chapter_in_the_order_given() -> None:
    lines = shown({host: {"show b": "b", "show a": "a"} for host in ("r1", "r2")})
    assert [line for line in lines if line.startswith("==") or not line] == [
        "== show b: the same output from 2 hosts",
        "",
        "== show a: the same output from 2 hosts",
    ]


SMALL = [
    pytest.param("a\n", "a", 2, id="every byte counts, a last newline too"),
    pytest.param("a", "A", 2, id="and case"),
    pytest.param("a", "a", 1, id="equal"),
    pytest.param("\udce4", "\udcf6", 2, id="and bytes that are not UTF-8"),
]


@pytest.mark.parametrize(("one", "other", "groups"), SMALL)
def test_outputs_are_compared_exactly(one: str, other: str, groups: int) -> None:
    lines = shown({"r1": {"c": one}, "r2": {"c": other}})
    assert sum(line.startswith("--") for line in lines) == groups


def test_f70_outputs_are_escaped_and_blank_ones_said() -> None:
    assert shown({"r1": {"show x": "\x1b[2Jboo\r\n"}})[1:] == ["\\x1b[2Jboo"]
    assert shown({"r1": {"show x": "\n"}})[1:] == ["(empty output)"]


def test_one_host_is_named_and_not_counted() -> None:
    assert shown({"r1": {"show clock": "12:00"}}) == ["== show clock: output from r1", "12:00"]


def test_f79_a_cut_output_says_so() -> None:
    assert shown({"r1": {"show x": "abc"}}, truncated=True)[-1] == "(the output was longer and has been cut)"


def test_a_host_that_gave_the_same_twice_counts_once() -> None:
    with record_of(("r1",)) as record:
        told(record, [task("r1", output="x"), task("r1", output="x", index=1)])
        assert [plain(line) for line in grouped_lines(record)][1:] == ["x"]
