"""Writing actions on simulated devices through the whole command: the record, the exit code and the device's own log side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project, Run

FIVE = ["interface Loopback7", "description seven", "nonsense here", "shutdown", "ntp server 192.0.2.7"]


def play(
    project: Project, tasks: str, *arguments: str, faults: Faults | None = None, env: Mapping[str, str] | None = None
) -> tuple[Run, Fleet]:
    fleet = project.fleet([Device(name="r1", password=CANARY, faults=faults or Faults())])
    project.write("x.yaml", f"- hosts: all\n  tasks:\n{tasks}")
    return project.run("run", "x.yaml", "--format", "json", *arguments, env=env), fleet


def task_of(run: Run, number: int = 0) -> Any:
    return run.json["results"]["r1"]["tasks"][number]


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(), id="healthy"),
        pytest.param(Faults(chunk=1), id="split at every byte"),
        pytest.param(Faults(banner="### keep out > please ###"), id="f18 a banner full of prompts"),
    ],
)
def test_a_configuration_that_is_taken(project: Project, faults: Faults) -> None:
    lines = "    - config: {parents: interface Loopback7, lines: [description seven, ip address 10.7.7.7 255.255.255.255], save: changed}\n"
    run, fleet = play(project, lines * 2, faults=faults)
    assert run.code == 0, run.stdout
    first, second = task_of(run), task_of(run, 1)
    assert (first["status"], second["status"]) == ("changed", "ok")
    assert first["lines"] == {"applied": 3, "total": 3}
    assert "+interface Loopback7" in first["diff"] and "+ description seven" in first["diff"]
    assert "description seven" in fleet.running_config("r1") and "description seven" in fleet.saved_config("r1")
    assert fleet.log("r1").count("write memory") == 1


def test_f13_f14_a_line_that_is_refused(project: Project) -> None:
    run, fleet = play(project, f"    - config: {{lines: {FIVE}, save: always}}\n    - commands: show clock\n")
    assert run.code == 2
    task = task_of(run)
    assert task["reason"].startswith("line 3 of 5, 'nonsense here', was refused: % Invalid input")
    assert task["reason"].endswith("2 lines are applied and stay")
    assert (task["status"], task["lines"]) == ("failed", {"applied": 2, "total": 5}) and "+ description seven" in task["diff"]
    assert fleet.config_lines("r1") == tuple(FIVE[:2])
    assert {FIVE[2], "end"} <= {*fleet.log("r1")} and not {*FIVE[3:], "write memory", "show clock"} & {*fleet.log("r1")}


@pytest.mark.parametrize(
    ("faults", "code", "status"),
    [
        pytest.param(Faults(close_at_line=3), 5, "in_doubt", id="cut in mid push"),
        pytest.param(Faults(hang_at_line=3), 5, "in_doubt", id="silent in mid push"),
        pytest.param(Faults(no_config=True), 2, "failed", id="configuration mode refused"),
    ],
)
def test_a_push_that_does_not_end_is_never_ok(project: Project, faults: Faults, code: int, status: str) -> None:
    run, fleet = play(project, f"    - config: {FIVE[:2] + FIVE[3:]}\n", "--command-timeout", "2", faults=faults)
    assert (run.code, run.json["results"]["r1"]["status"]) == (code, status), run.stdout
    assert len(fleet.config_lines("r1")) <= 3
    fleet.set_faults("r1", Faults())


@pytest.mark.parametrize("action", ["save_config: {}", "config: {lines: [ntp server 192.0.2.7], save: always}"])
def test_a_save_that_is_refused_fails(project: Project, action: str) -> None:
    run, fleet = play(project, f"    - {action}\n", faults=Faults(refuse_save=True))
    assert run.code == 2 and "could not be saved: " in task_of(run)["reason"]
    assert "192.0.2.7" not in fleet.saved_config("r1")


def test_f20b_f20d_what_cannot_be_is_refused_before_anything_is_touched(project: Project) -> None:
    fleet = project.fleet([Device(name="r1", password=CANARY)])
    for file in (project.folder / "inventory").glob("*.yaml"):
        file.write_text(file.read_text().replace("cisco_ios", "cisco_xr"))
    for number, action in enumerate(("config: []", "save_config: {}", "config: {lines: [hostname x], save: changed}", "config: [commit]")):
        project.write("x.yaml", f"- hosts: all\n  tasks:\n    - {action}\n")
        run = project.run("run", "x.yaml")
        assert run.code == 3, (number, run.stderr)
    assert fleet.counters("r1").total == 0


def test_a_template_with_a_banner_and_a_secret(project: Project) -> None:
    """M9, F62: one file rendered for the host; the banner arrives as it is, the secret at the device alone."""
    project.write(
        "templates/base.j2",
        "! base\nhostname {{ host.name }}-new\nbanner motd ^\nKeep\n  out!\n^\nsnmp-server community {{ community }} RO\n",
    )
    fleet = project.fleet([Device(name="r1", password=CANARY)])
    project.write(
        "x.yaml",
        "- hosts: all\n  secrets: {community: 'env:COMMUNITY'}\n  tasks:\n"
        "    - config: {template: templates/base.j2}\n    - commands: show clock\n",
    )
    run = project.run("run", "x.yaml", "--format", "json", env={"COMMUNITY": "canary-c0mmunity"})
    assert run.code == 0, run.stdout + run.stderr
    assert task_of(run)["lines"] == {"applied": 6, "total": 6}
    assert "canary-c0mmunity" not in run.stdout + run.stderr
    assert "snmp-server community canary-c0mmunity RO" in fleet.running_config("r1")
    assert "hostname r1-new" in fleet.running_config("r1") and "  out!" in fleet.running_config("r1")


@pytest.mark.parametrize(
    ("platform", "begin", "end"),
    [pytest.param("cisco_ios", "banner motd ^C", "^C", id="cisco_ios"), pytest.param("arista_eos", "banner motd", "EOF", id="arista_eos")],
)
def test_a_banner_line_that_looks_like_a_comment_is_a_change_and_is_saved(project: Project, platform: str, begin: str, end: str) -> None:
    fleet = project.fleet([Device(name="r1", platform=platform, password=CANARY)])
    told = [f"    - config: {{lines: ['{begin}', '! {text}', '{end}'], save: changed}}\n" for text in ("keep out", "keep off", "keep off")]
    project.write("x.yaml", f"- hosts: all\n  tasks:\n{''.join(told)}")
    run = project.run("run", "x.yaml", "--format", "json")
    assert run.code == 0, run.stdout + run.stderr
    assert [task_of(run, number)["status"] for number in range(3)] == ["changed", "changed", "ok"]
    assert task_of(run, 1)["diff"].splitlines()[3:] == ["-! keep out", "+! keep off"]
    assert "! keep off" in fleet.saved_config("r1") and fleet.log("r1").count("write memory") == 2


NETMIKO, PING = "nornir_netmiko.tasks:netmiko_", "nornir_utils.plugins.tasks.networking:tcp_ping"


def test_tasks_of_nornir_netmiko_run_on_the_guarded_session(project: Project) -> None:
    run, fleet = play(
        project,
        f"    - nornir_task: {{task: '{NETMIKO}send_command', args: {{command_string: show clock}}, reads_only: true}}\n"
        f"    - nornir_task: {{task: '{NETMIKO}send_config', args: {{config_commands: [ntp server 192.0.2.9]}}}}\n"
        f"    - nornir_task: '{NETMIKO}save_config'\n"
        f"    - nornir_task: {{task: '{PING}', args: {{ports: [1]}}, connection: none, reads_only: true}}\n"
        "    - commands: show version\n",
    )
    assert run.code == 0, run.stdout + run.stderr
    assert [task_of(run, number)["status"] for number in range(5)] == ["ok", "changed", "changed", "ok", "ok"]
    assert task_of(run, 3)["results"][0]["parsed"] == {"1": False}
    assert "192.0.2.9" in fleet.saved_config("r1") and fleet.counters("r1").total == 1


def test_f38_a_nornir_task_that_fails_says_why_without_a_traceback(project: Project) -> None:
    project.write("plugins/mine.py", "def fail(task): raise ValueError('no such thing')\ndef above(task): task.run(task=fail)\n")
    run, _ = play(project, "    - nornir_task: {task: 'mine:above', reads_only: true}\n")
    assert run.code == 2 and task_of(run)["reason"] == "'mine:above' failed: ValueError: no such thing"
    assert "Traceback" not in run.stdout + run.stderr


def test_functions_of_the_projects_plugins_folder(project: Project) -> None:
    project.write(
        "plugins/mine.py",
        "from runner.contracts import Refused\n"
        "def uptime(session): return session.send('show version').output.splitlines()[0]\n"
        "def short(output, host):\n    if len(output) > 5: raise Refused(f\"{host['name']} says too much\")\n    return len(output)\n",
    )
    run, _ = play(
        project,
        "    - python: {function: 'mine:uptime', needs_session: true, reads_only: true}\n"
        "      register: up\n"
        "    - debug: '{{ up.output }}'\n"
        "    - commands: show version\n"
        "      on_result: [python: 'mine:short']\n",
    )
    assert run.code == 2
    assert "Cisco" in task_of(run, 1)["results"][0]["output"]
    assert task_of(run, 2)["reason"] == "r1 says too much"
    broken, _ = play(project, "    - python: 'mine:uptme'\n")
    assert broken.code == 3 and "x.yaml:3:" in broken.stderr and "did you mean 'uptime'?" in broken.stderr


def test_a_connection_of_another_plugin_is_opened_closed_and_called_unguarded(project: Project) -> None:
    """Nornir-netmiko's stock plugin stands for any other one: an entry point of another name leads to it."""
    folder = project.write(
        "site/other-1.dist-info/entry_points.txt", "[nornir.plugins.connections]\nother = nornir_netmiko:Netmiko\n"
    ).parent
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    project.write("plugins/mine.py", "def prompt(task): return task.host.get_connection('other', task.nornir.config).find_prompt()\n")
    source = project.environment()["PYTHONPATH"]
    env = {"PYTHONPATH": f"{source}:{project.folder / 'site'}"}
    run, fleet = play(project, "    - nornir_task: {task: 'mine:prompt', connection: other, reads_only: true}\n", env=env)
    assert run.code == 0, run.stdout + run.stderr
    assert task_of(run)["results"][0]["output"] == "r1#" and task_of(run)["unguarded"] is True
    assert fleet.wait_idle(5) and fleet.counters("r1").total == 1


def test_a_pause_that_waits_and_one_that_nobody_can_answer(project: Project) -> None:
    run, _ = play(project, "    - pause: {seconds: 0.1, prompt: settling}\n    - commands: show clock\n")
    assert run.code == 0 and "settling: waiting 0.1 s" in run.stderr
    run, fleet = play(project, "    - pause: Go on?\n")
    assert run.code == 3 and "no terminal" in run.stderr and fleet.counters("r1").total == 0


def test_a_question_about_saving_that_is_none_of_the_usual_is_not_answered(project: Project) -> None:
    asks = "Overwrite the previous NVRAM configuration?[confirm]"
    run, fleet = play(project, "    - save_config: {}\n", faults=Faults(confirm_on={"write memory": asks}))
    assert (run.code, task_of(run)["status"]) == (2, "failed") and asks in task_of(run)["reason"]
    assert "Loopback0" in fleet.running_config("r1") and not any(asked.answer in ("", "y") for asked in fleet.sessions("r1")[0].asked)


def test_f20_junos_changes_count_wherever_the_lines_have_led(project: Project) -> None:
    fleet = project.fleet([Device(name="r1", platform="juniper_junos", password=CANARY)])
    project.write("x.yaml", "- hosts: all\n  tasks: [{config: [edit interfaces lo0, set description ours, top, edit protocols ospf]}]\n")
    run = project.run("run", "x.yaml", "--format", "json")
    assert (run.code, task_of(run)["status"], task_of(run)["lines"]) == (0, "changed", {"applied": 4, "total": 4}), run.stdout
    assert "description ours" in fleet.running_config("r1") and "ours" in task_of(run)["diff"]
