"""Odd values in every place of a playbook: planned or refused with a sentence, never an error of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from runner.planning.describe import as_lines
from tests.planning.test_planner import plan

ODD = ["5", "true", "null", "[]", "{}", "[[a]]", "{a: {b: 1}}", "1e400", "'{{ 10 ** 5000 }}'", "\U0001f600", "'{{'", "[null]", "-1"]
PLACES = [
    "hosts: VALUE", "batch_size: VALUE", "vars: VALUE", "vars: {v: VALUE}", "vars_files: VALUE", "tags: VALUE", "order: VALUE",
    "name: VALUE",
    "tasks: VALUE", "tasks: [VALUE]", "tasks: [{commands: VALUE}]", "tasks: [{debug: VALUE}]", "tasks: [{debug: {var: VALUE}}]",
    "tasks: [{assert: VALUE}]", "tasks: [{assert: {that: VALUE}}]", "tasks: [{set_fact: VALUE}]", "tasks: [{set_fact: {x: VALUE}}]",
    "tasks: [{debug: x, when: VALUE}]", "tasks: [{debug: x, loop: VALUE}]", "tasks: [{debug: x, register: VALUE}]",
    "tasks: [{debug: x, vars: VALUE}]", "tasks: [{debug: x, tags: VALUE}]", "tasks: [{debug: x, no_log: VALUE}]",
    "tasks: [{debug: x, on_result: VALUE}]", "tasks: [{debug: x, on_result: [VALUE]}]", "tasks: [{debug: x, on_result: [{save: VALUE}]}]",
    "tasks: [{debug: x, on_result: [{parse: VALUE}]}]", "tasks: [{debug: x, on_result: [{expect: {that: VALUE}}]}]",
    "tasks: [{debug: x, loop_control: VALUE, loop: [1]}]",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_an_odd_value_anywhere_is_planned_or_refused_and_never_breaks_the_planner(tmp_path: Path, place: str) -> None:
    for value in ODD:
        lines = place.replace("VALUE", value)
        text = (
            f"- {lines}\n"
            + ("" if place.startswith("hosts") else "  hosts: all\n")
            + ("" if "tasks" in place else "  tasks: [{debug: x}]\n")
        )
        try:
            list(as_lines(plan(tmp_path, text), every_host=True))
        except InputError as error:
            assert error.problems and all(problem.message for problem in error.problems)
