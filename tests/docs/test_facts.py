"""Numbers, tables and lists of the documentation are the ones of the code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.batches import parse_batch_size, split
from runner.cli.help import EXIT_CODES
from runner.documents.load import parse
from runner.inventory.load import load_inventory
from runner.inventory.patterns import select
from runner.lab import Device, Faults
from runner.playbook.limits import MAX_ENTRIES, MAX_SECONDS, MAX_STEPS, MAX_TEXT
from runner.settings.load import load_settings
from runner.settings.options import Options
from runner.target import Limits
from tests.docs.pages import ROOT, Block, blocks
from tests.project import CANARY, Project

DOCS = ROOT / "docs"


def table(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with that cell; an escaped bar is a bar."""
    lines = iter((DOCS / page).read_text().splitlines())
    next(line for line in lines if line.startswith(f"| {first} |"))
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("\0", "|") for cell in line.replace("\\|", "\0").strip("|").split("|")])
    assert rows
    return rows


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", table("playbooks.md", "`batch_size`"), ids=lambda row: row[0])
def test_batch_arithmetic(row: list[str]) -> None:
    written = parse(code(row[0])[0], file="x").data if code(row[0]) else Options().batch_size
    for hosts, sizes in zip((10, 25, 3), row[1:], strict=True):
        assert ", ".join(str(len(batch)) for batch in split(range(hosts), parse_batch_size(written))) == sizes


@pytest.mark.parametrize("row", table("inventory.md", "pattern"), ids=lambda row: row[0])
def test_patterns(row: list[str]) -> None:
    inventory = load_inventory(ROOT / "inventory", load_settings(flags={}, environ={}))
    assert " ".join(select(code(row[0])[0], inventory)) == row[1]


def test_exit_codes() -> None:
    told = {line.split()[0] for line in EXIT_CODES.splitlines() if line.startswith("  ")}
    assert {row[0] for row in table("operation.md", "code")} == told
    assert EXIT_CODES.strip().splitlines()[-1].split("first of")[1].split("is")[0].strip() in (DOCS / "operation.md").read_text()


def test_limits_of_templates() -> None:
    text = " ".join((DOCS / "playbooks.md").read_text().split())
    said = f"{MAX_TEXT:,} characters and {MAX_ENTRIES:,} values, and take {MAX_STEPS:,} steps and {MAX_SECONDS:.0f} seconds"
    assert said in text


def test_time_limits() -> None:
    rows = {row[0].strip("`"): row[1] for row in table("operation.md", "limit")}
    limits, options = Limits(), Options()
    assert rows["--connect-timeout"] == f"{options.connect_timeout:g} s" == f"{limits.connect:g} s"
    assert rows["--command-timeout"] == f"{options.command_timeout:g} s" == f"{limits.command:g} s"
    assert (rows["--host-timeout"], options.host_timeout, limits.host) == ("none", None, None)
    assert rows["--grace"] == f"{options.grace:g} s" == f"{limits.grace:g} s"
    assert rows["close"] == f"{limits.close:g} s"
    assert f"`output_limit` ({options.output_limit // 1_000_000} MB" in (DOCS / "operation.md").read_text()


def test_the_json_document_has_the_fields_that_are_named_and_no_others(project: Project) -> None:
    """A run in which something of each kind happens: ok, failed, unreachable, ignored, a handler's error, a loop, a cut output, lines."""
    faults = {"r2": Faults(refuse=True), "r3": Faults(hang_on_exit=True), "r4": Faults(hang_at="command")}
    devices = [Device(name=each.name, password=CANARY, faults=faults.get(each.name, Faults())) for each in Device.fleet(4)]
    fleet = project.fleet(devices)
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n"
        "    - {commands: 'show {{ item }}', loop: [clock, running-config], on_result: [{save: reports/same}]}\n"
        "    - {commands: show nonsense, ignore_errors: true}\n"
        "    - {config: [interface Loopback0, description seen]}\n"
        "    - {assert: {that: 1 == 2}}\n",
    )
    flags = ("--yes", "--format", "json", "--command-timeout", "2", "--connect-retries", "1")
    document = project.run("run", "x.yaml", *flags, env={"NORNIR_PLAYBOOK_OUTPUT_LIMIT": "1000"}).json
    for device in fleet.devices:
        fleet.set_faults(device.name, Faults())
    hosts = document["results"].values()
    tasks = [task for host in hosts for task in host["tasks"]]
    assert document.keys() == named("field")
    assert named_in(document["handler_errors"]) == named_behind("field", "handler_errors")
    assert named_in(document["batches"]) == named("field of a batch")
    assert named_in(hosts) == named("field of a host in `results`")
    assert named_in(tasks) | {"diff", "unguarded"} == named_behind("field of a host in `results`", "tasks")
    sentence = (DOCS / "operation.md").read_text().split("A task's `results` is a list of ")[1].split(".")[0]
    assert named_in([result for task in tasks for result in task["results"]]) == set(code(sentence))


def named(first: str) -> set[str]:
    """The fields that a table of operation.md names in its first column."""
    return {name for row in table("operation.md", first) for name in code(row[0])}


def named_behind(first: str, field: str) -> set[str]:
    """The fields that it names in the row of a field."""
    [row] = [row for row in table("operation.md", first) if code(row[0]) == [field]]
    return set(code(row[1]))


def named_in(entries: Collection[Mapping[str, Any]]) -> set[str]:
    """The keys that any of the entries has."""
    assert entries
    return {key for entry in entries for key in entry}


def test_what_register_gives(project: Project) -> None:
    """The table of docs/playbooks.md names every field of a registered value."""
    project.fleet(1)
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n"
        "    - {commands: show nonsense, ignore_errors: true, register: one}\n"
        "    - {commands: 'show {{ item }}', loop: [clock, users], register: two}\n"
        "    - debug: {msg: '{{ [one, two] | to_json }}'}\n",
    )
    shown = project.run("run", "x.yaml", "--format", "json").json["results"]["r1"]["tasks"][-1]["results"][0]["output"]
    one, two = parse(shown, file="x").data
    rows = table("playbooks.md", "field")
    assert {*one, *two} | {"hint"} == {name for row in rows for name in code(row[0])} | {"ignored"}
    assert {*one["results"][0], *two["results"][0], "truncated"} == set(code(rows[0][1]))


def snippets() -> Iterator[tuple[str, str]]:
    """Shell and its line, from the table of operation.md."""
    for row in table("operation.md", "shell"):
        yield row[0].split(",")[0], code(row[1])[0]


@pytest.mark.parametrize(("name", "line"), [*snippets()])
def test_completion(name: str, line: str, shell: dict[str, str], project: Project) -> None:
    """bash is asked itself; of the others the script that would be read is looked at."""
    inner = line.removeprefix('eval "$(').removesuffix(')"').removesuffix(" | source")
    script = subprocess.run(["bash", "-c", inner], env=shell, capture_output=True, text=True, timeout=60, check=True)
    assert f"_NORNIR_PLAYBOOK_COMPLETE={name}_complete" in script.stdout
    if name == "bash":
        asked = subprocess.run(
            ["bash", "-c", f"{line}; complete -p nornir-playbook"], env=shell, capture_output=True, text=True, check=True
        )
        assert "_nornir_playbook_completion" in asked.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("nornir-playbook run x.yaml -l core,&am", "core,&ams"),
        ("nornir-playbook exec r1", "r10"),
        ("nornir-playbook doc sa", "save"),
        ("nornir-playbook va", "validate"),
    ],
)
def test_completion_knows_hosts_groups_commands_and_names(words: str, expected: str, project: Project) -> None:
    project.fleet(10)
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1), "_NORNIR_PLAYBOOK_COMPLETE": "bash_complete"}
    assert f"plain,{expected}" in project.run(env=asked).stdout.splitlines()


def test_where_files_go_and_with_which_modes(project: Project) -> None:
    """The table of operation.md: saved outputs, accepted keys and the record of jobs, and nothing else."""
    project.fleet(2)
    (project.folder / "inventory" / "known_hosts").unlink()
    project.write("x.yaml", "- hosts: all\n  tasks: [{commands: show clock, on_result: [{save: 'reports/{{ host.name }}/clock'}]}]\n")
    before = {*project.folder.rglob("*")}
    assert project.run("run", "x.yaml", "--host-keys", "accept-new").code == 0
    made = {str(path.relative_to(project.folder)): path.stat().st_mode & 0o777 for path in {*project.folder.rglob("*")} - before}
    state = "home/.local/state/nornir-playbook"
    record = {name: made.pop(name) for name in [*made] if name.startswith("home")}
    files = {f"{state}/jobs.db{behind}": 0o600 for behind in ("", "-reserve")}
    assert {name: mode for name, mode in record.items() if name.startswith(state)} == {state: 0o700, **files}
    assert made == {
        "inventory/known_hosts": 0o600,
        "reports": 0o700,
        **{f"reports/{name}": 0o700 for name in ("r1", "r2")},
        **{f"reports/{name}/clock": 0o600 for name in ("r1", "r2")},
    }
    assert Path(project.folder / "reports" / "r1" / "clock").read_bytes().count(b"\r") == 0


@pytest.mark.parametrize("block", [pytest.param(block, id=block.place) for block in blocks("toml") if block.file != "pyproject.toml"])
def test_settings_files_are_right(block: Block, project: Project) -> None:
    written = project.write(block.file, block.text)
    own = block.file == "config.toml"
    settings = load_settings(flags={}, environ={}, project=None if own else project.folder, user_config=written if own else None)
    assert settings.credentials if own else settings.origins
    assert not settings.warnings
