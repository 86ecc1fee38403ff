"""Writing as its user meets it: seen in the plan, asked about once, refused where nobody can be asked, and only then done."""

from __future__ import annotations

import json

import pytest

from tests.project import COMMAND, Project
from tests.user.person import Person

SAVE = "- name: keep\n  hosts: all\n  tasks:\n    - {name: Save it, commands: write memory}\n"


def at_terminal(project: Project, *arguments: str) -> Person:
    return Person([*COMMAND, *arguments], folder=project.folder, environment=project.environment())


def test_the_plan_shows_what_writes_and_touches_nothing(project: Project) -> None:
    fleet = project.fleet(3)
    project.write("save.yaml", SAVE)
    run = project.run("plan", "save.yaml", "--max-failures", "1")
    assert run.code == 0 and "writes to 3 devices" in run.stdout and "Save it [commands]  writes: commands" in run.stdout
    assert "limits: max_failures 1" in run.stdout
    shown = project.run("plan", "save.yaml", "--format", "json").json
    assert shown["writes_to"] == ["r1", "r2", "r3"] and shown["plays"][0]["tasks"][0]["writes"] is True
    assert all(fleet.counters(name).total == 0 for name in ("r1", "r2", "r3"))


@pytest.mark.parametrize("command", [("run", "save.yaml"), ("exec", "all", "-c", "write memory")], ids=["run", "exec"])
def test_without_a_terminal_more_than_one_device_needs_yes(project: Project, command: tuple[str, ...]) -> None:
    fleet = project.fleet(3)
    project.write("save.yaml", SAVE)
    run = project.run(*command)
    assert run.code == 3 and "this run writes to 3 devices" in run.stderr and "--yes" in run.stderr
    assert all(fleet.counters(name).total == 0 for name in ("r1", "r2", "r3"))
    run = project.run(*command, "--yes")
    assert run.code == 0, run.stderr
    assert all(fleet.log(name).count("write memory") == 1 for name in ("r1", "r2", "r3"))


def test_exec_says_where_and_why_it_would_write_and_names_no_plan(project: Project) -> None:
    project.fleet(4)
    run = project.run("exec", "all", "-c", "write memory")
    why = "this run writes to 4 devices (r1, r2, r3 and 1 more: 'write' is not a read-only command of cisco_ios)"
    assert run.code == 3 and why in run.stderr and "nornir-playbook plan" not in run.stderr, run.stderr


def test_one_device_and_reading_need_no_answer(project: Project) -> None:
    fleet = project.fleet(2)
    project.write("save.yaml", SAVE)
    assert project.run("run", "save.yaml", "-l", "r1").code == 0
    assert fleet.log("r1").count("write memory") == 1 and fleet.counters("r2").total == 0
    assert project.run("exec", "all", "-c", "show clock").code == 0


def test_json_is_json_with_yes(project: Project) -> None:
    project.fleet(2)
    project.write("save.yaml", SAVE)
    run = project.run("run", "save.yaml", "--yes", "--format", "json")
    assert run.code == 0 and run.json["exit_code"] == 0


def test_at_a_terminal_one_question_is_asked_and_yes_goes_on(project: Project) -> None:
    fleet = project.fleet(3)
    project.write("save.yaml", SAVE)
    with at_terminal(project, "run", "save.yaml", "-b", "1") as person:
        person.sees("This run writes to 3 devices (tasks: Save it). Go on? [yes/no]: ")
        assert all(fleet.counters(name).total == 0 for name in ("r1", "r2", "r3"))
        person.types("yes\n")
        assert person.leaves() == 0, person.text
        assert person.text.count("[yes/no]") == 1
    assert all(fleet.log(name).count("write memory") == 1 for name in ("r1", "r2", "r3"))


@pytest.mark.parametrize("answer", ["no\n", "\x04", "\x03"], ids=["no", "end of input", "Ctrl-C"])
def test_f30_any_other_answer_touches_nothing(project: Project, answer: str) -> None:
    fleet = project.fleet(2)
    project.write("save.yaml", SAVE)
    with at_terminal(project, "run", "save.yaml") as person:
        person.sees("[yes/no]: ")
        person.types(answer)
        assert person.leaves() == 7, person.text
        assert "Traceback" not in person.text
    assert all(fleet.counters(name).total == 0 for name in ("r1", "r2"))


def test_a_secret_of_the_play_reaches_the_device_and_nobody_else(project: Project) -> None:
    """F60, F62: it is sent, and it stands in no output, not even where the command is quoted."""
    fleet = project.fleet(2)
    secret = "canary-Com8unity"
    project.write(
        "ping.yaml",
        "- hosts: all\n  secrets: {snmp: 'env:SNMP'}\n  tasks:\n"
        "    - {name: Say it, commands: 'show {{ snmp }}', register: said, ignore_errors: true}\n"
        "    - {name: Show it, debug: '{{ said.results[0].command ~ said.reason }}'}\n",
    )
    planned = project.run("plan", "ping.yaml", "-v")
    assert "show <secret snmp>" in planned.stdout
    assert "<secret snmp>" in json.dumps(project.run("plan", "ping.yaml", "--format", "json").json)
    missing = project.run("run", "ping.yaml")
    assert missing.code == 3 and "SNMP" in missing.stderr
    assert fleet.counters("r1").total == 0
    for more in ((), ("--format", "json"), ("-vvvv",)):
        run = project.run("run", "ping.yaml", *more, env={"SNMP": secret})
        assert secret not in run.stdout + run.stderr and "\ue000" not in run.stdout + run.stderr, more
    assert fleet.log("r1").count(f"show {secret}") == 3


def test_a_secret_in_plain_text_is_refused_and_not_quoted(project: Project) -> None:
    project.fleet(1)
    project.write("x.yaml", "- hosts: all\n  secrets:\n    community: canary-Com8unity\n  tasks: [{debug: x}]\n")
    run = project.run("run", "x.yaml")
    assert run.code == 3 and "env:NAME" in run.stderr and "x.yaml:3:" in run.stderr
    assert "canary" not in run.stdout + run.stderr


def test_a_template_with_a_secret_is_pushed_to_each_host(project: Project) -> None:
    """From the file to the device: rendered for each host, the secret put in at the last moment, the record without it."""
    fleet = project.fleet(2)
    secret = "canary-Com8unity"
    project.write("playbooks/base.j2", "interface Loopback0\n description {{ host.name }}\nsnmp-server community {{ snmp }} RO\n")
    project.write(
        "playbooks/base.yaml",
        "- hosts: all\n  secrets: {snmp: 'env:SNMP'}\n  tasks: [{name: Base, config: {template: base.j2}}]\n",
    )
    planned = project.run("plan", "playbooks/base.yaml", "-v")
    assert "writes: config (3 lines)" in planned.stdout and "snmp-server community <secret snmp> RO" in planned.stdout
    run = project.run("run", "playbooks/base.yaml", "--yes", "--format", "json", "-vvvv", env={"SNMP": secret})
    assert run.code == 0, run.stderr
    assert secret not in run.stdout + run.stderr
    for name in ("r1", "r2"):
        assert fleet.log(name).count(f"snmp-server community {secret} RO") == 1 and f"description {name}" in fleet.log(name)
        [task] = run.json["results"][name]["tasks"]
        assert task["status"] == "changed" and task["lines"] == {"applied": 3, "total": 3}


def test_f87_a_mistake_in_a_template_is_told_with_its_line_and_nothing_is_touched(project: Project) -> None:
    fleet = project.fleet(2)
    project.write("playbooks/base.j2", "interface Loopback0\n description {{ hots.name }}\n")
    project.write("playbooks/base.yaml", "- hosts: all\n  tasks: [{config: {template: base.j2}}]\n")
    run = project.run("run", "playbooks/base.yaml", "--yes")
    assert run.code == 3 and "base.j2:2:" in run.stderr and "'hots' is undefined" in run.stderr and "did you mean 'host'?" in run.stderr
    assert fleet.counters("r1").total == 0


def test_max_failures_stops_a_run_and_says_the_arithmetic(project: Project) -> None:
    fleet = project.fleet(4)
    project.write("bad.yaml", "- hosts: all\n  batch_size: 1\n  tasks: [{commands: nonsense}]\n")
    run = project.run("run", "bad.yaml", "--yes", "--max-failures", "1")
    assert run.code == 2, run.stderr
    assert "2 of 4" in run.stdout + run.stderr and "limit 1" in run.stdout + run.stderr, run.stderr
    assert fleet.counters("r3").total == 0 and fleet.counters("r4").total == 0


def test_a_pause_without_a_terminal_is_told_before_anything_is_touched(project: Project) -> None:
    fleet = project.fleet(1)
    project.write("pause.yaml", "- hosts: all\n  tasks: [{commands: show clock}, {pause: {prompt: 'Look at it'}}]\n")
    run = project.run("run", "pause.yaml")
    assert run.code == 3 and "no terminal" in run.stderr, run.stderr
    assert fleet.counters("r1").total == 0
    assert project.run("validate", "pause.yaml").code == 0


def test_a_slip_of_the_finger_is_told_before_it_counts_as_writing(project: Project) -> None:
    fleet = project.fleet(2)
    run = project.run("exec", "all", "-c", "shw version")
    assert run.code == 3 and fleet.counters("r1").total == 0
    warning = "warning: 'shw' is not a read-only command of cisco_ios, so it counts as writing (did you mean 'show'?)"
    assert run.stderr.splitlines()[0] == warning, run.stderr


def test_a_function_that_is_named_only_in_the_run_counts_as_writing(project: Project) -> None:
    fleet = project.fleet(2)
    project.write("nornir-playbook.toml", "")
    project.write("plugins/ours.py", "def work():\n    raise SystemExit('it was called')\n")
    late = "{python: {function: \"{{ 'ours:work' if it else '' }}\"}}"
    project.write("x.yaml", f"- hosts: all\n  tasks:\n    - {{commands: show clock, register: it}}\n    - {late}\n")
    run = project.run("run", "x.yaml")
    assert run.code == 3 and "writes to 2 devices (tasks: python)" in run.stderr, run.stderr
    assert fleet.counters().total == 0


def test_a_function_that_is_said_to_read_cannot_configure(project: Project) -> None:
    fleet = project.fleet(1)
    project.write("nornir-playbook.toml", "")
    project.write("plugins/ours.py", "def work(session):\n    with session.configuring() as mode:\n        mode.send('hostname evil')\n")
    call = "{function: 'ours:work', needs_session: true, reads_only: true}"
    project.write("x.yaml", f"- hosts: all\n  tasks: [{{python: {call}}}]\n")
    run = project.run("run", "x.yaml")
    assert run.code == 2 and "nothing was sent: the task is said to read only" in run.stderr, run.stderr
    assert "configure terminal" not in fleet.log("r1")
    project.write("x.yaml", f"- hosts: all\n  tasks: [{{python: {call.replace(', reads_only: true', '')}}}]\n")
    assert project.run("run", "x.yaml").code == 0 and "hostname evil" in fleet.config_lines("r1")
