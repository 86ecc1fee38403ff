"""What a value in YAML means is what the user gets, in templates, in files of variables and in the JSON document."""

from __future__ import annotations

import pytest

from tests.project import Project

HOSTS = "r1: {hostname: 192.0.2.1, data: {vlans: {10: users, 20: {name: voice}, '30': text}}}\n"

NUMBERED = """\
- hosts: all
  vars: {areas: {0: backbone}}
  vars_files: [more.yaml]
  tasks:
    - debug: "{{ vlans[10] }} {{ host.vlans[20].name }} {{ vlans['30'] }} {{ areas[0] }} {{ racks[1][2] }} {{ extra[5] }}"
    - set_fact: {kept: {7: seven, b: "{{ vlans }}"}}
    - debug: {var: kept}
    - debug: "{{ item[1] }} {{ kept[7] }}"
      loop: [{1: one}]
      register: looped
"""


def test_numbers_as_keys_reach_templates_and_the_json_document(project: Project) -> None:
    project.write("inventory/hosts.yaml", HOSTS)
    project.write("more.yaml", "racks: {1: {2: deep}}\n")
    project.write("extra.yaml", "extra: {5: five}\n")
    project.write("x.yaml", NUMBERED)
    run = project.run("run", "x.yaml", "-e", "@extra.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    assert "users voice text backbone deep five" in run.stderr and "one seven" in run.stderr
    tasks = run.json["results"]["r1"]["tasks"]
    assert tasks[1]["results"][0]["parsed"] == {"kept": {"7": "seven", "b": {"10": "users", "20": {"name": "voice"}, "30": "text"}}}
    assert project.run("plan", "x.yaml", "-e", "@extra.yaml", "--format", "json").json


def test_a_number_as_key_is_refused_with_its_place_where_keys_have_a_meaning(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {}\n10: {}\n")
    project.write("x.yaml", "- hosts: all\n  5: x\n  tasks: [{debug: x}]\n")
    run = project.run("plan", "x.yaml")
    assert run.code == 3
    assert "x.yaml:2:3 key '5' is a number, but a key must be text" in run.stderr
    assert "hosts.yaml:2:1 key '10' is a number, but a key must be text" in run.stderr


PLACES = [
    ("variable of the play", "- hosts: all\n  vars: {v: WORD}\n  tasks: [{debug: x}]\n", "x.yaml:2:13"),
    ("inside a variable", "- hosts: all\n  vars:\n    v: [{w: WORD}]\n  tasks: [{debug: x}]\n", "x.yaml:3:13"),
    ("variable of a task", "- hosts: all\n  tasks:\n    - {debug: x, vars: {v: WORD}}\n", "x.yaml:3:28"),
    ("loop", "- hosts: all\n  tasks:\n    - {debug: x, loop: [WORD]}\n", "x.yaml:3:25"),
    ("fact", "- hosts: all\n  tasks:\n    - set_fact: {v: {w: WORD}}\n", "x.yaml:3:25"),
    ("argument of any kind", "- hosts: all\n  tasks:\n    - debug: {msg: WORD}\n", "x.yaml:3:20"),
    (
        "argument of a result handler",
        "- hosts: all\n  tasks:\n    - commands: show clock\n      on_result: [print: {msg: WORD}]\n",
        "x.yaml:4:32",
    ),
]


@pytest.mark.parametrize(("text", "place"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_f83_a_word_that_ansible_reads_otherwise_is_warned_of_where_any_value_may_stand(project: Project, text: str, place: str) -> None:
    project.write("inventory/hosts.yaml", "r1: {}\n")
    for word, older in (("no", "false"), ("0123", "83")):
        project.write("x.yaml", text.replace("WORD", word))
        run = project.run("plan", "x.yaml")
        assert run.code == 0, run.stderr
        assert f"warning: {place} '{word}' is text, but older YAML (Ansible) reads it as {older} (write " in run.stderr
        assert run.stderr.count("warning") == 1
        assert "warning" not in run.stdout


QUIET = """\
- name: no
  hosts: all
  allow_empty: no
  tags: [on]
  vars: {"no": "no", t: true, n: 10, a: 10.0.0.1}
  tasks:
    - name: off
      debug: on
      ignore_errors: yes
      register: no
      when: true
    - commands: {command: ping, prompt: yes, answer: no}
      on_result:
        - save: {path: x, append: yes}
        - expect: {contains: 0123}
"""


def test_f83_no_warning_where_the_schema_says_what_the_word_is(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {username: off, data: {on: 1}, connection_options: {other: {extras: {x: no}}}}\n")
    project.write("x.yaml", QUIET)
    run = project.run("plan", "x.yaml")
    assert (run.code, run.stderr) == (0, "")


def test_f83_files_of_variables_and_of_the_inventory_are_looked_at_too(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1:\n  groups: [g]\n  data: {a: no}\n")
    project.write("inventory/groups.yaml", "g:\n  data:\n    b: [1:30]\n")
    project.write("inventory/defaults.yaml", "data: {c: off}\n")
    project.write("more.yaml", "d: 010\n")
    project.write("extra.yaml", "e: {f: 10:20:30}\n")
    play = "- hosts: all\n  vars_files: [more.yaml]\n  tasks: [{debug: '{{ a }} {{ b[0] }} {{ c }} {{ d }} {{ e.f }}'}]\n"
    project.write("x.yaml", play * 2)
    places = ["hosts.yaml:3:13", "groups.yaml:3:9", "defaults.yaml:1:11", "more.yaml:1:4", "extra.yaml:1:8"]
    for command in ("plan", "validate", "run"):
        run = project.run(command, "x.yaml", "-e", "@extra.yaml")
        assert run.code == 0, run.stderr
        told = [line for line in run.stderr.splitlines() if line.startswith("warning")]
        assert len(told) == len(places) and all(place in line for place, line in zip(places, told, strict=True)), (command, told)
    assert "no 1:30 off 010 10:20:30" in run.stdout
    assert project.run("hosts").stderr.count("warning") == 3
