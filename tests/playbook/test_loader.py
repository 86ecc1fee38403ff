"""Sound playbooks: what becomes of each keyword, and what is still there beside a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.documents.load import parse
from runner.playbook.loader import read_document
from runner.playbook.model import HandlerCall, LoopControl, Play, Task
from tests.playbook.reading import ACTIONS, HANDLERS, reading

FULL = """\
- name: OSPF audit
  hosts: core,&ams,!maintenance
  serial: [1, 5, 25%]
  order: sorted
  vars: {area: 0, answer: no, when_seen: 10:20}
  vars_files: [vars/site.yaml]
  tags: audit, ospf
  allow_empty: yes
  tasks:
    - name: Neighbours
      commands: [show ip ospf neighbor]
      when: host.platform == "cisco_ios"
      register: ospf
      vars: {depth: 2}
      loop: "{{ areas }}"
      loop_control: {label: "{{ item }}"}
      tags: [slow]
      ignore_errors: true
      no_log: yes
      on_result:
        - save: {path: "{{ host.name }}.txt"}
        - parse: {with: textfsm, register: neighbours}
          commands: show ip ospf *
        - print
    - debug: {msg: done}
"""


def test_every_keyword_arrives(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(FULL)
    read = reading(path)
    assert read.problems == ()
    assert read.playbook is not None and read.playbook.path == "full.yaml"
    [play] = read.playbook.plays
    first, second = play.tasks
    on_result = (0, "tasks", 0, "on_result")
    assert play.model_copy(update={"tasks": ()}) == Play(
        at=(0,),
        name="OSPF audit",
        hosts="core,&ams,!maintenance",
        batch_size=(1, 5, "25%"),
        order="sorted",
        vars={"area": 0, "answer": "no", "when_seen": "10:20"},
        vars_files=("vars/site.yaml",),
        tags=("audit", "ospf"),
        allow_empty=True,
    )
    assert first == Task(
        at=(0, "tasks", 0),
        name="Neighbours",
        action="commands",
        arguments=["show ip ospf neighbor"],
        when=('host.platform == "cisco_ios"',),
        register="ospf",
        vars={"depth": 2},
        loop="{{ areas }}",
        loop_control=LoopControl(label="{{ item }}"),
        tags=("slow",),
        ignore_errors=True,
        no_log=True,
        on_result=(
            HandlerCall(at=(*on_result, 0), name="save", arguments={"path": "{{ host.name }}.txt"}),
            HandlerCall(
                at=(*on_result, 1), name="parse", arguments={"with": "textfsm", "register": "neighbours"}, commands="show ip ospf *"
            ),
            HandlerCall(at=(*on_result, 2), name="print"),
        ),
    )
    assert second == Task(at=(0, "tasks", 1), action="debug", arguments={"msg": "done"})


def test_the_place_of_a_task_leads_back_to_its_line(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(FULL)
    read = reading(path)
    assert read.playbook is not None and read.document is not None
    task = read.playbook.plays[0].tasks[1]
    assert str(read.document.where(task.at)) == "full.yaml:25:7"
    assert str(read.document.where((*task.at, "debug"), key=True)) == "full.yaml:25:7"
    assert str(read.document.where(read.playbook.plays[0].tasks[0].on_result[1].at)) == "full.yaml:22:11"


BESIDE = [
    ("misspelt action", "- hosts: all\n  tasks:\n    - comands: show version\n", "commands"),
    ("collection", "- hosts: all\n  tasks:\n    - ansible.builtin.debug: {msg: x}\n", "debug"),
    ("two actions", "- hosts: all\n  tasks:\n    - debug: {}\n      commands: x\n", "debug"),
    ("wrong keyword", "- hosts: all\n  tasks:\n    - debug: {}\n      no_log: 3\n", "debug"),
    ("misspelt hosts", "- host: all\n  tasks:\n    - debug: {}\n", "debug"),
    ("duplicate key", "- hosts: all\n  hosts: core\n  tasks:\n    - debug: {}\n", "debug"),
]


@pytest.mark.parametrize(("text", "action"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_one_problem_and_the_rest_is_still_there(tmp_path: Path, text: str, action: str) -> None:
    """So that planning finds its own problems in the same run."""
    path = tmp_path / "x.yaml"
    path.write_text(text)
    read = reading(path)
    assert len(read.problems) == 1
    assert read.playbook is not None
    assert [task.action for task in read.playbook.plays[0].tasks] == [action]
    assert read.playbook.plays[0].hosts == "all"


def test_names_of_tasks_that_are_left_out_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "- hosts: all\n  tasks:\n"
        "    - ios_command: {commands: [show version]}\n      register: version\n"
        "      on_result: [{parse: {with: json, register: rows}}]\n"
        "    - ios_facts: {}\n      register: facts\n"
    )
    assert reading(path).lost == {"version", "rows", "facts"}


def test_loop_of_ansible_keeps_its_item(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("- hosts: all\n  tasks:\n    - debug: {msg: '{{ item }}'}\n      with_items: [1, 2]\n")
    read = reading(path)
    assert read.playbook is not None
    assert read.playbook.plays[0].tasks[0].loop == [1, 2]


@pytest.mark.parametrize("size", [0, 10, "25%", [1, 5, "25%"], "10", None])
def test_batch_sizes_that_are_fine(size: object) -> None:
    written = "" if size is None else f", batch_size: {size}"
    document = parse(f"- {{hosts: all{written}, tasks: [debug: x]}}", file="x")
    read = read_document(document, actions=ACTIONS, handlers=HANDLERS)
    assert read.problems == ()
    assert read.playbook is not None
    found = read.playbook.plays[0].batch_size
    assert (list(found) if isinstance(found, tuple) else found) in (size, 10 if size == "10" else size)


def test_what_the_file_has_wrong_comes_with_what_the_playbook_has_wrong() -> None:
    document = parse("- hosts: all\n  bach_size: 3\n  tasks: [debug: x]\n", file="x")
    earlier = document.problem("found before", (0,))
    read = read_document(document, [earlier], actions=ACTIONS, handlers=HANDLERS)
    assert [str(problem) for problem in read.problems] == [
        "x:1:3 found before",
        "x:2:3 unknown key 'bach_size' (did you mean 'batch_size'?)",
    ]


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    read = reading(tmp_path / "missing.yaml")
    assert read.playbook is None and read.document is None
    assert [str(problem) for problem in read.problems] == ["there is no file 'missing.yaml' (check the name and the current folder)"]


def test_internal_fields_are_no_keywords() -> None:
    document = parse("- {hosts: all, at: [1], tasks: [{debug: x, at: [1], action: y, arguments: z}]}", file="x")
    read = read_document(document, actions=ACTIONS, handlers=HANDLERS)
    assert [problem.message for problem in read.problems] == [f"unknown key '{key}'" for key in ("at", "at", "action", "arguments")]
