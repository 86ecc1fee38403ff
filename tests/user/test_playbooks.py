"""The example playbooks of the repository, each run on the lab as a user would, and the language through whole runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from runner.lab import Device, Faults
from tests.project import CANARY, Project

ROOT = Path(__file__).parent.parent.parent


def test_ospf_audit(project: Project) -> None:
    project.fleet(25)
    shutil.copytree(ROOT / "playbooks", project.folder / "playbooks")
    run = project.run("run", "playbooks/ospf_audit.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    assert [len(batch["device_ids"]) for batch in run.json["batches"]] == [10, 10, 5]
    saved = project.folder / "reports" / "r7" / "show-ip-ospf-neighbor.txt"
    assert "FULL" in saved.read_text()
    assert saved.stat().st_mode & 0o777 == 0o600 and saved.parent.stat().st_mode & 0o777 == 0o700


def test_facts(project: Project) -> None:
    project.fleet(6)
    shutil.copytree(ROOT / "playbooks", project.folder / "playbooks")
    run = project.run("run", "playbooks/facts.yaml")
    assert run.code == 0, run.stderr
    assert "r1  runs 15.7(3)M5, serial FTX1840001A, in Amsterdam" in run.stdout
    wrong = project.run("run", "playbooks/facts.yaml", "-e", "wanted_version=99")
    assert wrong.code == 2
    assert "is not 99" in wrong.stderr


def test_the_demo_playbook_is_the_repositorys(project: Project) -> None:
    assert (ROOT / "runner" / "lab" / "playbooks" / "ospf_audit.yaml").read_text() == (ROOT / "playbooks" / "ospf_audit.yaml").read_text()


def test_registered_results_conditions_loops_and_facts(project: Project) -> None:
    project.fleet(2)
    project.write(
        "x.yaml",
        """
- hosts: all
  vars: {wanted: [show clock, show users], greeting: "hello {{ host.name }}"}
  tasks:
    - name: looped
      commands: "{{ item }}"
      loop: "{{ wanted }}"
      register: answers
    - name: only r2
      debug: "{{ greeting }}"
      when: host.name == 'r2'
    - name: from results
      set_fact: {first: "{{ answers.results[0].item }}", number: "{{ answers.results | length }}"}
    - name: see
      assert:
        that:
          - first == 'show clock'
          - number == 2
          - answers.stdout | length == 2
          - not answers.failed
          - answers.results[1].item == 'show users'
""",
    )
    run = project.run("run", "x.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    tasks = {task["name"]: task for task in run.json["results"]["r1"]["tasks"]}
    assert [result["item"] for result in tasks["looped"]["results"]] == ["show clock", "show users"]
    assert tasks["only r2"]["status"] == "skipped"
    assert run.json["recap"]["r1"]["skipped"] == 1 and run.json["recap"]["r2"]["skipped"] == 0


def test_ignore_errors_lets_the_host_go_on_and_its_absence_does_not(project: Project) -> None:
    fleet = project.fleet(2, faults=Faults(error_on=frozenset({"show users"})))
    text = "- hosts: all\n  tasks:\n    - commands: show users\n      ignore_errors: {}\n    - commands: show clock\n"
    project.write("x.yaml", text.format("true"))
    assert project.run("run", "x.yaml").code == 0
    assert [fleet.log(name).count("show clock") for name in ("r1", "r2")] == [1, 1]
    project.write("x.yaml", text.format("false"))
    assert project.run("run", "x.yaml").code == 2
    assert [fleet.log(name).count("show clock") for name in ("r1", "r2")] == [1, 1]


def test_f06_a_failing_result_handler_is_its_own_error_and_the_host_stays_ok(project: Project) -> None:
    project.fleet(2)
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n    - commands: show clock\n      on_result: [{parse: {with: json}}]\n    - debug: on\n",
    )
    run = project.run("run", "x.yaml", "--format", "json")
    assert run.code == 2
    assert {host["status"] for host in run.json["results"].values()} == {"ok"}
    assert {(error["host"], error["handler"]) for error in run.json["handler_errors"]} == {("r1", "parse"), ("r2", "parse")}
    assert len(run.json["results"]["r1"]["tasks"]) == 2


def test_no_log_keeps_outputs_out_of_everything_but_what_is_saved(project: Project) -> None:
    project.fleet(1, faults=Faults(raw_output={"show clock": b"topsecret-output\r\n"}))
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n    - {commands: show clock, no_log: true, register: it, on_result: [{save: reports/it}]}\n"
        "    - assert: {that: \"'topsecret' in it.output\"}\n",
    )
    for format_ in ("text", "json"):
        run = project.run("run", "x.yaml", "--format", format_, "-vv")
        assert run.code == 0, run.stderr
        assert "topsecret" not in run.stdout + run.stderr and "show clock" not in run.stdout
    assert "topsecret" in (project.folder / "reports" / "it").read_text()


def test_a_failed_host_is_not_in_the_next_play_and_batches_are_numbered_through(project: Project) -> None:
    devices = [Device(name=each.name, password=CANARY, faults=Faults(refuse=each.name == "r2")) for each in Device.fleet(4)]
    fleet = project.fleet(devices)
    play = "- name: {}\n  hosts: all\n  batch_size: 2\n  tasks: [{{commands: {}}}]\n"
    project.write("x.yaml", play.format("one", "show clock") + play.format("two", "show users"))
    run = project.run("run", "x.yaml", "--format", "json")
    assert run.code == 4
    assert [(batch["batch_number"], batch["play"]) for batch in run.json["batches"]] == [(1, "one"), (2, "one"), (3, "two"), (4, "two")]
    assert run.json["batches"][2]["device_ids"] == ["r1"]
    assert (run.json["results"]["r2"]["status"], run.json["results"]["r2"]["batch_number"]) == ("unreachable", 1)
    assert fleet.log("r1").count("show users") == 1


def test_exec_groups_identical_outputs_the_rarest_first(project: Project) -> None:
    devices = [
        Device(name=each.name, password=CANARY, faults=Faults(raw_output={"show clock": b"odd\r\n" if each.name == "r3" else b"even\r\n"}))
        for each in Device.fleet(6)
    ]
    project.fleet(devices)
    run = project.run("exec", "all", "-c", "show clock")
    assert run.code == 0, run.stderr
    assert run.stdout.index("odd") < run.stdout.index("even")
    assert run.stdout.count("even") == 1 and "5 hosts: r1,r2,r4-r6" in run.stdout
    document = project.run("exec", "all", "-c", "show clock", "--format", "json").json
    assert document["results"]["r3"]["tasks"][0]["results"][0]["output"] == "odd"


def test_hosts_gives_a_list_of_objects(project: Project) -> None:
    project.fleet(12)
    run = project.run("hosts", "all,!core", "--format", "json")
    assert run.code == 0
    assert all({"name", "groups", "platform"} <= host.keys() for host in run.json)
    assert not any("core" in host["groups"] for host in run.json) and len(run.json) < 12


def test_f72_device_output_is_data(project: Project) -> None:
    project.fleet(1, faults=Faults(raw_output={"show clock": b"{{ 7*7 }} {% raw %}\r\n"}))
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n    - {commands: show clock, register: it}\n"
        "    - set_fact: {copy: '{{ it.output }}'}\n    - debug: '<{{ copy }}>'\n",
    )
    run = project.run("run", "x.yaml")
    assert run.code == 0, run.stderr
    assert "<{{ 7*7 }} {% raw %}>" in run.stdout


def test_f70_f79b_hostile_bytes_are_saved_as_they_are_and_shown_escaped(project: Project) -> None:
    hostile = b"\x1b]0;owned\x07 \x1b[2J caf\xe9 \xe2\x82\xac\r\nend\r\n"
    project.fleet(1, faults=Faults(raw_output={"show clock": hostile}, chunk=1))
    project.write("x.yaml", "- hosts: all\n  tasks:\n    - commands: show clock\n      on_result: [{save: reports/out}, {print: }]\n")
    run = project.run("run", "x.yaml")
    assert run.code == 0, run.stderr
    assert "\x1b" not in run.stdout and "\\x1b]0;owned" in run.stdout
    saved = (project.folder / "reports" / "out").read_bytes()
    assert b"caf\xe9 \xe2\x82\xac" in saved
    document = json.loads(project.run("run", "x.yaml", "--format", "json").stdout)
    assert "caf\ufffd \u20ac" in document["results"]["r1"]["tasks"][0]["results"][0]["output"]


def test_what_register_gives_is_the_tasks_entry_in_the_json_document(project: Project) -> None:
    project.fleet(1, faults=Faults(raw_output={"show users": b"7"}))
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n    - {name: t, commands: 'show {{ item }}', loop: [clock, users], register: it}\n"
        "    - {debug: x, on_result: [{save: {path: reports/it.json, content: '{{ it }}'}}]}\n",
    )
    run = project.run("run", "x.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    entry = run.json["results"]["r1"]["tasks"][0]
    registered = json.loads((project.folder / "reports" / "it.json").read_text())
    own = {"failed", "skipped", "stdout", "stdout_lines"}
    assert {key: value for key, value in registered.items() if key not in own} == {
        key: value for key, value in entry.items() if key != "duration_seconds"
    }
