"""Every Python block of the documentation and every script of docs/examples is run."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.lab import Device, Faults
from tests.docs.pages import ROOT, Block, blocks, page
from tests.project import CANARY, Project

CONFIG = """\
inventory:
  plugin: SimpleInventory
  options: {host_file: inventory/hosts.yaml, group_file: inventory/groups.yaml, defaults_file: inventory/defaults.yaml}
"""
SCRIPTS = [pytest.param(block, id=block.place) for block in blocks("python") if "InitNornir" in block.text]


def run(project: Project, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a Python script in the project's folder."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=project.folder,
        env=project.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_readme_has_a_script() -> None:
    assert [block for block in page(ROOT / "README.md").blocks if block.language == "python"]


@pytest.mark.parametrize("block", SCRIPTS)
def test_scripts_run_with_nornirs_own_configuration(block: Block, project: Project) -> None:
    """A routine of ten lines or so; every router is asked once, and nothing is left open."""
    fleet = project.fleet(25)
    project.write("config.yaml", CONFIG)
    done = run(project, project.write("script.py", block.text))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and "FAILED" not in done.stdout.upper().replace("FAILED: []", "")
    assert fleet.wait_idle()
    counters = fleet.counters()
    assert (counters.logins, counters.live) == (25, 0)
    assert counters.peak < 25, "no batches were made"  # stock connections: the device closes a moment later


def test_nornirs_configuration_can_name_the_runner(project: Project) -> None:
    """The config.yaml that docs/nornir.md shows, with its script: the runner's name is found by its entry point."""
    [config] = [block for block in page(ROOT / "docs" / "nornir.md").blocks if block.file == "config.yaml"]
    fleet = project.fleet(8)
    project.write("config.yaml", config.text)
    script = (
        "from nornir import InitNornir\nfrom nornir_netmiko.tasks import netmiko_send_command\n"
        "nr = InitNornir(config_file='config.yaml', logging={'enabled': False})\n"
        "print(type(nr.runner).__name__, nr.run(task=netmiko_send_command, command_string='show clock').failed)\n"
    )
    done = run(project, project.write("script.py", script))
    assert done.stdout == "BatchRunner False\n", done.stderr
    assert fleet.wait_idle() and fleet.counters().logins == 8 and fleet.counters().peak < 8


def test_reachability_tries_the_port_before_it_opens_a_session(project: Project) -> None:
    devices = [Device(name=each.name, password=CANARY, faults=Faults(refuse=each.name == "r2")) for each in Device.fleet(12)]
    fleet = project.fleet(devices)
    project.write("config.yaml", CONFIG)
    project.write("commands.yaml", "commands: [show clock, show version | include uptime]\n")
    done = run(project, ROOT / "docs" / "examples" / "reachability.py", "config.yaml", "commands.yaml")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 12 and lines[1].startswith("r2: FAILED, port ") and lines[1].endswith("does not answer")
    assert all("UTC" in line and "uptime is" in line for line in lines if not line.startswith("r2:"))
    assert "\x1b" not in done.stdout
    assert fleet.wait_idle()
    assert (fleet.counters().logins, fleet.counters("r2").total, fleet.counters("r1").total) == (11, 0, 2)
    assert not (project.folder / "nornir.log").exists()


def test_a_result_handler_of_ones_own(project: Project) -> None:
    """The class of docs/nornir.md under its entry point: planned, documented and run like ours."""
    shown = {block.file: block.text for block in page(ROOT / "docs" / "nornir.md").blocks if block.file in ("lines.py", "pyproject.toml")}
    group, entry = shown["pyproject.toml"].splitlines()[1:3]
    group, entry = group.split('"')[1], entry.replace('"', "")
    project.write("site/lines.py", shown["lines.py"])
    project.write("site/lines-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: lines\nVersion: 1\n")
    project.write("site/lines-1.dist-info/entry_points.txt", f"[{group}]\n{entry}\n")
    path = {"PYTHONPATH": f"{project.folder / 'site'}:{project.environment()['PYTHONPATH']}"}
    project.fleet(2)
    project.write("x.yaml", "- hosts: all\n  tasks: [{commands: show clock, on_result: [{lines: {at_least: 2}}]}]\n")
    refused = project.run("run", "x.yaml", env=path)
    assert refused.code == 2 and "'show clock' gave 1 lines, 2 are wanted" in refused.stderr
    project.write("x.yaml", "- hosts: all\n  tasks: [{commands: show clock, on_result: [{lines: {at_least: many}}]}]\n")
    assert project.run("validate", "x.yaml", env=path).code == 3
    assert "Lines that the output must have." in project.run("doc", "lines", env=path).stdout


def test_yaml_inventory_by_configuration(project: Project) -> None:
    """docs/examples/yaml_inventory as it stands, but for the ports of the routers."""
    fleet = project.make_fleet(3, password=CANARY)
    folder = project.folder / "example"
    shutil.copytree(ROOT / "docs" / "examples" / "yaml_inventory", folder)
    hosts = (folder / "network" / "hosts.yaml").read_text()
    for number, device in enumerate(fleet.devices, start=1):
        hosts = hosts.replace(str(20_000 + number), str(fleet.address(device.name)[1]))
    (folder / "network" / "hosts.yaml").write_text(hosts)
    (folder / "network" / "known_hosts").write_text(fleet.known_hosts())
    inside = Project(folder, project.make_fleet)
    assert "YAMLInventory" in inside.run("config", "show", "--origin").stdout
    assert [(host["name"], host["groups"]) for host in inside.run("hosts", "--format", "json").json] == [
        ("r1", ["ams"]),
        ("r2", ["lon"]),
        ("r3", ["fra"]),
    ]
    done = inside.run("run", "cities.yaml", env={"LAB_PASSWORD": CANARY})
    assert done.code == 0, done.stderr
    assert "r1 in Amsterdam" in done.stdout and "r3 in Frankfurt" in done.stdout and "r2" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert fleet.counters("r2").total == 0


def test_what_we_use_of_nornir_utils_leaves_the_process_alone(project: Project) -> None:
    """U1: `nornir_utils.plugins.functions` replaces standard output when it is imported; what the documentation recommends does not."""
    script = project.write(
        "script.py",
        "import runpy, sys, threading\n"
        "before = (sys.stdout, sys.stderr, threading.active_count())\n"
        f"runpy.run_path({str(ROOT / 'docs' / 'examples' / 'reachability.py')!r})\n"
        "from nornir_utils.plugins.inventory import YAMLInventory\n"
        "assert before == (sys.stdout, sys.stderr, threading.active_count())\n"
        "unwanted = ('colorama', 'nornir_utils.plugins.functions', 'nornir_utils.plugins.processors')\n"
        "assert not [name for name in sys.modules if name.startswith(unwanted)]\n"
        "print('plain')\n",
    )
    done = run(project, script)
    assert (done.returncode, done.stdout) == (0, "plain\n"), done.stderr


@pytest.mark.parametrize("module", ["nornir_utils.plugins.functions", "nornir_utils.plugins.processors"])
def test_u1_what_is_advised_against_does_what_is_said_of_it(project: Project, module: str) -> None:
    done = run(project, "-c", f"import {module}\nprint('plain')")
    assert done.stdout.startswith("plain") and "\x1b" in done.stdout


def test_nothing_of_the_project_imports_them() -> None:
    sources = [*(ROOT / "runner").rglob("*.py"), *(ROOT / "docs").rglob("*.py")]
    assert len(sources) > 100
    assert not [
        path for path in sources if "nornir_utils.plugins.functions" in path.read_text() or "plugins.processors" in path.read_text()
    ]
    assert runpy.run_path(str(ROOT / "docs" / "examples" / "reachability.py"))["main"]
