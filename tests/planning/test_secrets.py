"""Secrets of a play: markers in the plan, references beside it, and nothing readable anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.planning.describe import as_lines
from runner.planning.plan import Plan
from runner.planning.plan_json import as_json
from runner.secret import holds_marker, without_markers
from tests.planning.plugins import problems, pushed, registries

PLAY = "- hosts: r1,r2\n  secrets: {snmp: 'env:SNMP', own: 'env:KEY_{{ host.name | upper }}'}\n"


def lines_of(made: Plan, host: str, task: int = 0) -> list[str]:
    return [line for each in made.plays[0].tasks[task].steps[host].rounds for line in each.arguments["lines"]]


def test_a_secret_is_a_marker_in_the_plan_and_a_reference_beside_it(tmp_path: Path) -> None:
    made = pushed(tmp_path, PLAY + "  tasks: [{push: {lines: ['community {{ snmp }} ro', 'key {{ own }}']}}]\n")
    play = made.plays[0]
    for host in ("r1", "r2"):
        assert [without_markers(line) for line in lines_of(made, host)] == ["community <secret snmp> ro", "key <secret own>"]
        assert sorted(map(str, play.secrets[host].values())) == [f"env:KEY_{host.upper()}", "env:SNMP"]
        for marker in play.secrets[host]:
            assert any(marker in line for line in lines_of(made, host))


def test_markers_differ_from_plan_to_plan(tmp_path: Path) -> None:
    text = PLAY + "  tasks: [{push: {lines: ['{{ snmp }}']}}]\n"
    assert lines_of(pushed(tmp_path, text), "r1") != lines_of(pushed(tmp_path, text), "r1")


@pytest.mark.parametrize("reference", ["env:A_B", "keyring:SERVICE/USER", "keyring:a/b/c", "credential:lab", "{{ 'env:' ~ key }}"])
def test_references(tmp_path: Path, reference: str) -> None:
    made = pushed(tmp_path, f'- hosts: r1\n  secrets: {{snmp: "{reference}"}}\n  tasks: [{{push: {{lines: [x]}}}}]\n')
    [found] = made.plays[0].secrets["r1"].values()
    assert str(found) == reference.replace("{{ 'env:' ~ key }}", "env:R1") and found.value is None
    assert found.where and found.where.line == 2 and not found.where.text


def test_variables_of_the_play_may_hold_it_and_templates_of_templates(tmp_path: Path) -> None:
    play = PLAY + "  vars: {line: 'community {{ snmp }}'}\n  tasks: [{push: {lines: ['{{ line }} {{ item }}']}, loop: [ro, '{{ own }}']}]\n"
    shown = [without_markers(line) for line in lines_of(pushed(tmp_path, play), "r1")]
    assert shown == ["community <secret snmp> ro", "community <secret snmp> <secret own>"]


WRONG = [
    ("plain text by a template", "  secrets: {snmp: '{{ key }}'}\n  tasks: [{debug: x}]\n", "2 secret 'snmp' is plain text"),
    ("undefined", "  secrets: {snmp: 'env:{{ nope }}'}\n  tasks: [{debug: x}]\n", "2 secret 'snmp': 'nope' is undefined"),
    ("a play's variable", "  secrets: {a: 'env:A'}\n  vars: {a: 1}\n  tasks: [{debug: x}]\n", "2 'a' is a secret and a variable too"),
    ("an inventory's variable", "  secrets: {area: 'env:A'}\n  tasks: [{debug: x}]\n", "2 'area' is a secret and a variable of the inv"),
    ("a task's variable", "  secrets: {a: 'env:A'}\n  tasks: [{debug: x, vars: {a: 1}}]\n", "3 'a' is a secret of this play"),
    ("registered", "  secrets: {a: 'env:A'}\n  tasks: [{debug: x, register: a}]\n", "3 'a' is a secret of this play, and this task"),
    ("set", "  secrets: {a: 'env:A'}\n  tasks: [{set_fact: {a: x}}]\n", "3 'a' is a secret of this play, and this task"),
    ("a filter", "  secrets: {a: 'env:A'}\n  tasks: [{debug: '{{ a | upper }}'}]\n", "3 filter 'upper' cannot be used on secret 'a'"),
    ("when", "  secrets: {a: 'env:A'}\n  tasks: [{debug: x, when: a}]\n", "3 a condition cannot be a secret"),
    ("assert", "  secrets: {a: 'env:A'}\n  tasks: [{assert: {that: a}}]\n", "3 a condition cannot be a secret"),
    (
        "assert, one of several, by a variable",
        "  secrets: {a: 'env:A'}\n  vars: {b: '{{ a }}'}\n  tasks: [{assert: {that: [true, b]}}]\n",
        "4 a condition cannot be a secret",
    ),
    ("when compared", "  secrets: {a: 'env:A'}\n  tasks: [{debug: x, when: a == 'x'}]\n", "3 a comparison cannot be used on secret 'a'"),
    ("looped over", "  secrets: {a: 'env:A'}\n  tasks: [{debug: x, loop: '{{ a }}'}]\n", "3 loop needs a list"),
    (
        "a result handler",
        "  secrets: {a: 'env:A'}\n  tasks: [{commands: show clock, on_result: [{save: '{{ a }}.txt'}]}]\n",
        "3 'a' is a secret, and what a result handler makes",
    ),
    (
        "a result handler, by a variable",
        "  secrets: {a: 'env:A'}\n  vars: {b: '{{ a }}'}\n  tasks: [{commands: show clock, on_result: [{print: {text: '{{ b }}'}}]}]\n",
        "4 'a' is a secret, and what a result handler makes",
    ),
]


@pytest.mark.parametrize(("play", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_f60_what_is_wrong_is_told_with_its_place_and_without_the_value(tmp_path: Path, play: str, words: str) -> None:
    found = problems(tmp_path, f"- hosts: r1\n{play}")
    assert any(each.startswith(f"x.yaml:{words}") for each in found), found
    assert not any(holds_marker(each) for each in found)
    assert not any("plain text" in each and "R1" in each for each in found)


def test_a_secret_that_wins_by_extra_vars_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, PLAY + "  tasks: [{debug: x}]\n", extra_vars={"snmp": "public"})
    assert "x.yaml:2 'snmp' is a secret and a variable too | choose another name" in found


def test_f60_the_plan_names_secrets_in_words_and_in_json(tmp_path: Path) -> None:
    made = pushed(tmp_path, PLAY + "  tasks: [{push: {lines: ['community {{ snmp }}']}}, {debug: '{{ own }}', loop: ['{{ snmp }}']}]\n")
    shown = "\n".join(as_lines(made, registries(), every_host=True))
    written = json.dumps(as_json(made, registries()), ensure_ascii=False)
    for text in (shown, written):
        assert "community <secret snmp>" in text and "<secret own>" in text and not holds_marker(text)
