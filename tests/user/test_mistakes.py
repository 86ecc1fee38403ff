"""Wrong input is found before anything is touched: every problem of a file in one run, with its place."""

from __future__ import annotations

import pytest

from tests.project import Project

TEN = """\
- name: ten mistakes
  hosts: all
  batch_sise: 5
  tasks:
    - name: no such action
      comands: show version
    - name: undefined variable
      commands: "show ip route {{ destinaton }}"
    - name: two actions
      commands: show clock
      debug: hello
    - name: a newline in a command
      commands: "show version\\nreload"
    - name: nothing to send
      commands: []
    - name: no such handler
      commands: show clock
      on_result:
        - saev: out.txt
    - name: bad pattern
      commands: show clock
      on_result:
        - expect: {matches: "(", message: x}
    - name: condition does not parse
      commands: show clock
      when: host.platform ==
    - name: wrong type
      commands: show clock
      ignore_errors: perhaps
- name: nobody
  hosts: coer
  tasks:
    - debug: hello
"""


def test_ten_mistakes_ten_located_errors_exit_3_and_no_connection(project: Project) -> None:
    fleet = project.fleet(3)
    project.write("ten.yaml", TEN)
    run = project.run("run", "ten.yaml")
    assert run.code == 3
    located = [line for line in run.stderr.splitlines() if line.startswith("ten.yaml:")]
    lines = [int(line.split(":")[1]) for line in located]
    assert lines == [3, 6, 8, 11, 13, 15, 19, 23, 26, 29, 31], run.stderr
    assert "did you mean 'batch_size'" in run.stderr and "did you mean 'commands'" in run.stderr and "did you mean 'save'" in run.stderr
    assert run.stdout == ""
    assert fleet.counters().total == 0


ROWS = [
    ("f20b empty list", "- hosts: all\n  tasks:\n    - commands: []\n", 3),
    ("f84 nesting", "- hosts: all\n  vars: {a: " + "[" * 20000 + "]" * 20000 + "}\n", 2),
    ("f81 tag", "- hosts: all\n  vars: {a: !!python/object/apply:os.system [id]}\n", 2),
    ("f82 duplicate", "- hosts: all\n  hosts: r1\n  tasks: [{debug: x}]\n", 2),
    ("f73 sandbox", "- hosts: all\n  tasks:\n    - debug: \"{{ cycler.__init__.__globals__.os.popen('id').read() }}\"\n", 3),
    ("f91 include outside", "- hosts: all\n  vars_files: [../../../etc/passwd]\n  tasks: [{debug: x}]\n", 2),
    ("percent", "- hosts: all\n  batch_size: 12.5%\n  tasks: [{debug: x}]\n", 2),
    ("nobody", "- hosts: r1,coer\n  tasks: [{debug: x}]\n", 1),
    ("nothing", "", 1),
]


@pytest.mark.parametrize(("text", "line"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_mistake_has_its_line(project: Project, text: str, line: int) -> None:
    project.fleet(1)
    project.write("x.yaml", text)
    run = project.run("plan", "x.yaml")
    assert run.code == 3, run.stdout
    assert f"x.yaml:{line}:" in run.stderr, run.stderr


def test_f66_no_template_reaches_a_password(project: Project) -> None:
    project.fleet(1)
    for template in ("{{ host.password }}", "{{ host.dict() }}", "{{ host['password'] }}", "{{ password }}", "{{ host._values }}"):
        project.write("x.yaml", f'- hosts: all\n  tasks:\n    - debug: "{template}"\n')
        assert project.run("run", "x.yaml").code == 3, template


def test_problems_of_inventory_and_playbook_come_together(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {hostnme: 192.0.2.1}\n")
    project.write("x.yaml", "- hosts: all\n  tsaks: []\n")
    run = project.run("plan", "x.yaml")
    assert run.code == 3
    assert "hosts.yaml:1:" in run.stderr and "x.yaml:2:" in run.stderr and "did you mean 'hostname'" in run.stderr


@pytest.mark.parametrize("arguments", [("rum", "x.yaml"), ("run",), ("run", "x.yaml", "--bogus"), ("exec", "all"), ("run", "nowhere.yaml")])
def test_wrong_usage_is_exit_3(project: Project, arguments: tuple[str, ...]) -> None:
    project.write("inventory/hosts.yaml", "r1: {}\n")
    run = project.run(*arguments)
    assert run.code == 3 and run.stdout == "" and run.stderr
