"""The commands that touch no device, and what every command says when something is wrong."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest

from runner.cli.main import cli
from runner.lab import Device, Faults
from tests.project import CANARY, COMMAND, Project

ROOT = Path(__file__).parent.parent.parent
GOOD = "- name: fine\n  hosts: all\n  tasks: [{commands: show clock}]\n"
TYPO = "- hosts: all\n  tsaks: []\n"
NOBODY = "- hosts: coer\n  tasks: [{debug: x}]\n"


def test_validate_shows_all_problems_of_all_files(project: Project) -> None:
    project.fleet(12)
    project.write("a.yaml", GOOD)
    project.write("b.yaml", TYPO)
    project.write("c.yaml", NOBODY)
    run = project.run("validate", "a.yaml", "b.yaml", "c.yaml", "nowhere.yaml")
    assert run.code == 3
    assert run.stdout == "a.yaml: ok, 12 hosts in 2 batches\n"
    assert "b.yaml:2:3" in run.stderr and "did you mean 'tasks'" in run.stderr
    assert "c.yaml:1:10" in run.stderr and "did you mean 'core'" in run.stderr
    assert "error: there is no file 'nowhere.yaml'" in run.stderr
    assert re.search(r"^\d problems; nothing was touched$", run.stderr, re.MULTILINE)


def test_validate_counts_in_the_singular_too(project: Project) -> None:
    project.fleet(1)
    project.write("a.yaml", GOOD)
    assert project.run("validate", "a.yaml").stdout == "a.yaml: ok, 1 host in 1 batch\n"


def test_validate_says_once_what_is_wrong_with_the_inventory(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {hostnme: x}\n")
    project.write("a.yaml", GOOD)
    project.write("b.yaml", GOOD)
    run = project.run("validate", "a.yaml", "b.yaml")
    assert run.code == 3 and run.stderr.count("hosts.yaml:1:") == 1


def test_config_show_says_where_each_setting_comes_from(project: Project) -> None:
    project.write("nornir-playbook.toml", "batch_size = 5\nhost_keys = 'accept-new'\n")
    project.write("home/.config/nornir-playbook/config.toml", "batch_size = 3\nverbosity = 1\n")
    env = {"NORNIR_PLAYBOOK_COMMAND_TIMEOUT": "7", "XDG_CONFIG_HOME": str(project.folder / "home" / ".config")}
    lines = {line.split()[0]: line for line in project.run("config", "show", "--origin", env=env).stdout.splitlines()}
    assert re.fullmatch(r"batch_size +5 +.*nornir-playbook\.toml:1", lines["batch_size"])
    assert re.fullmatch(r"verbosity +1 +.*config\.toml:2", lines["verbosity"])
    assert re.fullmatch(r"command_timeout +7\.0 +environment NORNIR_PLAYBOOK_COMMAND_TIMEOUT", lines["command_timeout"])
    assert lines["connect_timeout"].split()[1:] == ["20.0", "default"]
    settings = project.run("config", "show", "--format", "json", env=env).json
    assert settings["batch_size"]["value"] == 5 and settings["batch_size"]["origin"].endswith("nornir-playbook.toml:1")
    by_environment = project.run("config", "show", env={**env, "NORNIR_PLAYBOOK_FORMAT": "json"}).json
    assert by_environment["format"] == {"value": "json", "origin": "environment NORNIR_PLAYBOOK_FORMAT"}


def test_the_settings_verbosity_and_format_hold(project: Project) -> None:
    project.fleet(1)
    project.write("nornir-playbook.toml", "verbosity = 2\nformat = 'json'\n")
    project.write("a.yaml", GOOD)
    run = project.run("run", "a.yaml")
    assert run.json["results"]["r1"]["status"] == "ok"
    assert "commands: ok" in run.stderr, "a line for each task"
    assert project.run("hosts").json[0]["name"] == "r1"
    assert project.run("plan", "a.yaml").json["plays"]
    assert "r1" in project.run("hosts", "--format", "text").stdout.splitlines()[0]


def test_hosts(project: Project) -> None:
    project.fleet(6)
    run = project.run("hosts", "core,&ams")
    assert run.code == 0 and run.stderr == "1 of 6 hosts\n"
    assert re.fullmatch(r"r1  127\.0\.0\.1:\d+  cisco_ios +ams,core\n", run.stdout)
    assert project.run("hosts", "all", "-l", "ams").stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hosts", "coer"), ("coer", "did you mean 'core'")),
        (("hosts", "core", "-l", "amz"), ("'amz'",)),
        (("exec", "r1,r2", "-c", "reload"), ("writes to 2 devices", "--yes")),
        (("exec", "r1", "-c", ""), ("command",)),
        (("exec", "nobody", "-c", "show clock"), ("nobody",)),
        (("exec", "r1", "-c", "show clock", "-b", "x"), ("--batch-size", "'x'")),
        (("exec", "r1", "-c", "show clock", "-i", "nowhere"), ("nowhere",)),
        (("exec", "r1", "-c", "show clock", "--known-hosts", "nowhere"), ("nowhere",)),
        (("exec", "r1", "-c", "show clock", "--command-timeout", "0"), ("--command-timeout",)),
        (("exec", "r1", "-c", "show clock", "--host-keys", "maybe"), ("strict", "accept-new", "ignore")),
        (("run", "nowhere.yaml"), ("there is no file 'nowhere.yaml'",)),
        (("run", "."), ("'.'",)),
        (("run", "a.yaml", "-e", "x"), ("-e 'x'", "name=value")),
        (("run", "a.yaml", "-e", "@nowhere.yaml"), ("nowhere.yaml",)),
        (("run", "a.yaml", "-l", "@nowhere.txt"), ("nowhere.txt",)),
        (("run", "a.yaml", "-t", "nosuch"), ("nosuch",)),
        (("doc", "expct"), ("did you mean 'expect'",)),
        (("help", "exit-code"), ("exit-codes",)),
        (("rum", "a.yaml"), ("rum", "run")),
        (("run",), ("PLAYBOOK",)),
        (("run", "a.yaml", "--batchsize", "3"), ("--batch-size",)),
    ],
    ids=lambda value: " ".join(value) if value and value[0] in cli.commands else "",
)
def test_what_is_wrong_on_the_command_line_is_one_clear_error(project: Project, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    fleet = project.fleet(6)
    project.write("a.yaml", GOOD)
    run = project.run(*arguments)
    assert run.code == 3, (run.stdout, run.stderr)
    assert run.stdout == "" and fleet.counters().total == 0
    assert run.stderr.startswith("error: "), run.stderr
    assert len(run.stderr.splitlines()) <= 2, run.stderr
    assert all(word in run.stderr for word in words), run.stderr


def test_f11_a_batch_above_the_descriptor_limit_is_refused_and_says_what_would_do(project: Project) -> None:
    fleet = project.fleet(100)

    def with_limit(size: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", *COMMAND, "exec", "all", "-c", "show clock", "-b", size]
        return subprocess.run(
            command, cwd=project.folder, env=project.environment(), capture_output=True, text=True, timeout=60, check=False
        )

    refused = with_limit("0")
    assert refused.returncode == 3 and fleet.counters().total == 0
    assert "64" in refused.stderr and "ulimit -n" in refused.stderr
    most = re.search(r"use -b (\d+) or less", refused.stderr)
    assert most is not None, refused.stderr
    done = with_limit(most[1])
    assert done.returncode == 0, done.stderr
    assert fleet.counters().total == 100 and fleet.counters().peak <= int(most[1])


def test_more_than_100_sessions_at_once_are_warned_about(project: Project) -> None:
    project.write("inventory/hosts.yaml", "".join(f"r{number}: {{hostname: 127.0.0.1, port: 9}}\n" for number in range(101)))
    project.write("inventory/defaults.yaml", f"platform: cisco_ios\nusername: x\npassword: {CANARY}\n")
    project.write("a.yaml", GOOD)
    assert "warning: up to 101 sessions" in project.run("run", "a.yaml", "-b", "0").stderr
    assert "warning: up to" not in project.run("run", "a.yaml").stderr


def test_an_unknown_device_key_says_how_to_go_on(project: Project) -> None:
    """F21: the line to copy accepts the key for good, and the next run goes through."""
    project.fleet(1)
    known_hosts = project.folder / "inventory" / "known_hosts"
    known_hosts.unlink()
    run = project.run("exec", "all", "-c", "show clock")
    assert run.code == 4
    [line] = [line for line in run.stderr.splitlines() if "unreachable (host_key)" in line]
    assert "SHA256:" in line and "not known" in line


def test_one_failure_is_at_most_three_lines_and_more_with_v(project: Project) -> None:
    faults = Faults(error_on=frozenset({"show clock"}))
    project.fleet([Device("r1", password=CANARY, faults=faults), Device("r2", password=CANARY, faults=Faults(refuse=True))])
    quiet = project.run("exec", "all", "-c", "show clock").stderr.splitlines()
    for host in ("r1", "r2"):
        begins = next(number for number, line in enumerate(quiet) if line.startswith(f"{host}  "))
        following = [line for line in quiet[begins + 1 :] if line.startswith(" ")]
        assert len(following) <= 4, "two hosts, each at most two more lines"
    more = project.run("exec", "all", "-c", "show clock", "-v").stderr.splitlines()
    assert len(more) > len(quiet)


def commands_of(group: click.Group, path: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[f"{path}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands_of(command, f"{path}{name} ")
    return found


def test_no_text_names_a_command_that_is_not_there() -> None:
    known = {name.split()[0] for name in commands_of(cli)}
    texts = [*(ROOT / "runner").rglob("*.py"), ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for path in texts:
        for name in re.findall(r"nornir-playbook ([a-z]+)\b", path.read_text()):
            assert name in known or "adr" in path.parts, f"{path}: nornir-playbook {name}"


@pytest.mark.parametrize("name", commands_of(cli))
def test_every_command_explains_itself(name: str) -> None:
    command = commands_of(cli)[name]
    assert command.help and command.get_short_help_str(100).rstrip(".") and command.short_help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"
            assert re.search(r"[.\])]$", parameter.help), f"{name} {parameter.opts}: a sentence"
