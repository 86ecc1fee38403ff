"""Template files: read and rendered in planning, their mistakes told in the file itself; F91: never from outside of the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.planning.plan import Plan
from runner.planning.registries import Registries
from runner.planning.steps import expand
from runner.playbook.render import Templates
from tests.planning.plugins import problems, pushed

PLAY = "- hosts: r1,r2\n  tasks: [{push: {template: a.j2}}]\n"


def template(folder: Path, text: str, name: str = "a.j2") -> None:
    path = folder / "playbooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def text_for(made: Plan, host: str, task: int = 0) -> str:
    [each] = made.plays[0].tasks[task].steps[host].rounds
    return str(each.arguments["template"])


def test_a_file_is_rendered_for_each_host(tmp_path: Path) -> None:
    template(tmp_path, "interface {{ item | default('Loopback0') }}\n{% if area %} area {{ area }}\n{% endif %}")
    made = pushed(tmp_path, PLAY)
    assert text_for(made, "r1") == "interface Loopback0\n"
    assert text_for(made, "r2") == "interface Loopback0\n area 1\n"


def test_a_file_that_is_one_expression_gives_text_all_the_same(tmp_path: Path) -> None:
    template(tmp_path, "{{ area }}")
    assert text_for(pushed(tmp_path, PLAY), "r2") == "1"


def test_it_may_use_variables_that_are_templates_and_secrets(tmp_path: Path) -> None:
    template(tmp_path, "{{ line }}")
    play = "- hosts: r1\n  secrets: {snmp: 'env:SNMP'}\n  vars: {line: 'community {{ snmp }} {{ area }}'}\n"
    made = pushed(tmp_path, play + "  tasks: [{push: {template: a.j2}}]\n")
    [marker] = made.plays[0].secrets["r1"]
    assert text_for(made, "r1") == f"community {marker} 0"


def test_a_name_may_be_a_template_and_is_only_needed_where_the_task_runs(tmp_path: Path) -> None:
    template(tmp_path, "for ios", "t/cisco_ios.j2")
    play = "- hosts: all\n  tasks: [{push: {template: 't/{{ host.platform }}.j2'}, when: host.platform == 'cisco_ios'}]\n"
    made = pushed(tmp_path, play)
    assert text_for(made, "r1") == "for ios" and made.plays[0].tasks[0].steps["x1"].skipped
    assert made.plays[0].tasks[0].files == {"t/cisco_ios.j2": "for ios"}


def test_each_item_of_a_loop_may_have_its_file(tmp_path: Path) -> None:
    template(tmp_path, "a {{ item }}")
    template(tmp_path, "b {{ area }}", "b.j2")
    made = pushed(tmp_path, "- hosts: r1\n  tasks: [{push: {template: '{{ item }}.j2'}, loop: [a, b]}]\n")
    assert [each.arguments["template"] for each in made.plays[0].tasks[0].steps["r1"].rounds] == ["a a", "b 0"]


@pytest.mark.parametrize("name", ["a.j2", "'{{ host.name }}.j2'"], ids=["static", "named by a template"])
def test_a_file_that_uses_a_result_waits_and_is_in_the_plan(tmp_path: Path, name: str) -> None:
    for file in ("a.j2", "r1.j2"):
        template(tmp_path, "clock {{ clock.output }} {{ area }}", file)
    play = f"- hosts: r1\n  tasks: [{{commands: show clock, register: clock}}, {{push: {{template: {name}}}}}]\n"
    made = pushed(tmp_path, play)
    task = made.plays[0].tasks[1]
    step = task.steps["r1"]
    assert step.deferred == {"clock"} and step.writes
    scope = {**made.plays[0].variables["r1"], "clock": {"output": "12:00"}}
    for path in (tmp_path / "playbooks").glob("*.j2"):
        path.unlink()  # what runs is what was planned
    [each] = expand(task, {}, scope, frozenset(), Templates()).rounds
    assert each.arguments == {"template": "clock 12:00 0"}


def test_a_name_that_waits_for_a_result_is_a_problem(tmp_path: Path) -> None:
    play = "- hosts: r1\n  tasks: [{commands: show clock, register: c}, {push: {template: '{{ c.output }}.j2'}}]\n"
    [found] = problems(tmp_path, play)
    assert found.startswith("x.yaml:2 which template file is meant must be known before the run")


IN_THE_FILE = [
    ("undefined", "one\n{{ nope }}\n", "a.j2:2 'nope' is undefined | "),
    ("undefined for one host", "one\n\n{{ area if host.name == 'r1' else nope }}\n", "a.j2:3 'nope' is undefined, for r2 | "),
    ("syntax", "one\n{% if %}\n", "a.j2:2 "),
    ("filter", "{{ area | nofilter }}", "a.j2:1 there is no filter 'nofilter'"),
    ("include", "x\n{% include 'b.j2' %}", "a.j2:"),
    ("attribute", "a\nb\nc {{ host.nope }}", "a.j2:3 'nope' is undefined in the mapping"),
    ("misspelt", "{{ aera }}", "a.j2:1 'aera' is undefined | did you mean 'area'?"),
]


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in IN_THE_FILE], ids=[row[0] for row in IN_THE_FILE])
def test_f87_a_mistake_is_told_with_its_line_in_the_file(tmp_path: Path, text: str, words: str) -> None:
    template(tmp_path, text)
    [found] = problems(tmp_path, PLAY)
    assert found.startswith(words), found


def test_f87_all_undefined_names_of_a_file_are_told_each_for_its_hosts(tmp_path: Path) -> None:
    template(tmp_path, "{{ nope }}\n{{ area }}\n{% if host.name == 'r2' %}\n{{ nine }}\n{% endif %}\n{{ ten }}\n")
    found = [each.partition(" | ")[0] for each in problems(tmp_path, PLAY)]
    assert sorted(found) == ["a.j2:1 'nope' is undefined", "a.j2:4 'nine' is undefined, for r2", "a.j2:6 'ten' is undefined"]


def test_a_file_that_is_not_there_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    template(tmp_path, "", "loopback.j2")
    assert problems(tmp_path, PLAY.replace("a.j2", "lopback.j2")) == [
        "x.yaml:2 there is no template file 'lopback.j2' | did you mean 'loopback.j2'?"
    ]


@pytest.mark.parametrize("name", ["../../outside.j2", "/etc/passwd", "link.j2", "folder/outside.j2"])
def test_f91_a_file_outside_of_the_project_is_not_read(tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    (project / "playbooks").mkdir(parents=True)
    (tmp_path / "outside.j2").write_text("secret")
    (project / "playbooks" / "link.j2").symlink_to(tmp_path / "outside.j2")
    (project / "playbooks" / "folder").symlink_to(tmp_path)
    [found] = problems(project, PLAY.replace("a.j2", name))
    assert f"x.yaml:2 the template '{name}' lies outside the project's folder" in found and "secret" not in found


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 1_000_001], ids=["no text", "too long"])
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.j2").write_bytes(content)
    [found] = problems(tmp_path, PLAY)
    assert found.startswith("x.yaml:2 the template 'a.j2' ")


def test_a_folder_and_an_empty_name_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "playbooks" / "t").mkdir(parents=True)
    assert "there is no template file 't'" in problems(tmp_path, PLAY.replace("a.j2", "t"))[0]
    assert "names no template file" in problems(tmp_path, PLAY.replace("a.j2", "''"))[0]


def test_the_registries_of_the_program_know_no_test_action() -> None:
    assert "push" not in Registries().actions.names
