"""What is in the wheel, and that it works where it is installed with nothing else: demo, schema, a new project, a lab of each platform."""

from __future__ import annotations

import email
import json
import os
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.lab.personalities import PERSONALITIES
from tests.project import Project

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as for a release but without the network."""
    pytest.importorskip("hatchling", reason="hatchling is not installed; it is in the extra 'dev'")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ignored = ("__pycache__", ".pyc")
    ours = {
        str(path.relative_to(ROOT)) for path in (ROOT / "runner").rglob("*") if path.is_file() and not any(s in str(path) for s in ignored)
    }
    assert names == ours
    assert {"runner/py.typed", "runner/lab/playbooks/ospf_audit.yaml", "runner/cli/main.py"} <= names


def test_its_metadata_is_that_of_the_project(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [metadata, entry_points] = [
        archive.read(name).decode() for end in ("/METADATA", "/entry_points.txt") for name in archive.namelist() if name.endswith(end)
    ]
    header = email.message_from_string(metadata)
    assert header["Name"] == PROJECT["name"] == "nornir-playbook"
    assert header["License-Expression"] == "Apache-2.0"
    assert header["Requires-Python"] == ">=3.11"
    assert "lab" in (header.get_all("Provides-Extra") or [])
    assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # how ConfigParser is told to keep upper case
    parser.read_string(entry_points)
    found = {section: dict(parser[section]) for section in parser.sections()}
    assert found == {"console_scripts": PROJECT["scripts"], **PROJECT["entry-points"]}


def test_an_installed_wheel_runs_its_demo(wheel: Path, project: Project) -> None:
    """Away from the source tree, from the installed files alone."""
    target = project.folder / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--target"]
    done = subprocess.run([*pip, str(target), str(wheel)], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    environment = {**project.environment({"TMPDIR": str(project.folder)}), "PYTHONPATH": str(target)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(target / "bin" / "nornir-playbook"), *arguments]
        return subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, text=True, timeout=60, check=False)

    version = run("--version")
    assert version.stdout.strip().endswith(wheel.name.split("-")[1])
    where = subprocess.run(
        [sys.executable, "-c", "import runner; print(runner.__file__)"],
        cwd=os.sep,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(target))
    demo = run("demo", "--devices", "3", "--output-dir", "out")
    assert demo.returncode == 0, demo.stderr
    assert "3 hosts: 3 ok" in demo.stdout and "0 left open" in demo.stderr
    assert list((project.folder / "out").rglob("show-ip-ospf-neighbor.txt"))


EVERYWHERE = """
- name: Every platform, from installed files alone
  hosts: all
  vars:
    line: {juniper_junos: set system ntp server 192.0.2.1, linux: echo ours > /etc/motd}
  tasks:
    - {commands: uptime, when: host.platform == 'linux'}
    - {commands: show version, when: host.platform != 'linux', on_result: [{parse: {with: textfsm, register: facts}}]}
    - {config: "{{ line.get(host.platform, 'ntp server 192.0.2.1') }}"}
"""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A virtual environment with the wheel, its extra `lab` and what they depend on; nothing of this source tree."""

    folder: Path
    python: Path

    def environment(self, project: Project) -> dict[str, str]:
        own = {name: value for name, value in project.environment().items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")}
        return {**own, "TMPDIR": str(project.folder / "home")}

    def start(self, project: Project, folder: Path, *arguments: str) -> subprocess.Popen[str]:
        """Start its command in a folder."""
        (project.folder / "home").mkdir(exist_ok=True)
        command = [str(self.folder / "bin" / "nornir-playbook"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=folder, env=self.environment(project), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, project: Project, folder: Path, *arguments: str) -> str:
        """Run its command in a folder, which must succeed; gives stdout."""
        process = self.start(project, folder, *arguments)
        stdout, stderr = process.communicate(timeout=90)
        assert process.returncode == 0, stderr
        return stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """As pipx does it: an environment of its own, dependencies from where pip finds them. Without a network the tests are skipped."""
    folder = tmp_path_factory.mktemp("isolated")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=100)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    done = subprocess.run([*pip, f"{wheel}[lab]"], cwd=folder, capture_output=True, text=True, timeout=400, check=False)
    if done.returncode and "connection" in done.stderr.lower() and os.environ.get("CI") != "true":
        pytest.skip("pip reaches no package index")
    assert done.returncode == 0, done.stderr
    return Installed(folder=folder, python=folder / "bin" / "python")


@pytest.fixture
def empty(project: Project) -> Path:
    """An empty folder to work in."""
    folder = project.folder / "empty"
    folder.mkdir()
    return folder


def test_isolated_it_uses_nothing_but_its_own(installed: Installed, project: Project, empty: Path) -> None:
    names = "runner, netmiko, asyncssh, ntc_templates"
    look = f"import {names}; print(*(module.__file__ for module in ({names})), sep='\\n')"
    done = subprocess.run(
        [str(installed.python), "-c", look], cwd=empty, env=installed.environment(project), capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 4 and all(line.startswith(str(installed.folder)) for line in done.stdout.splitlines())
    checked = subprocess.run([str(installed.python), "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_isolated_the_demo_runs_from_an_empty_folder_and_leaves_it_empty(installed: Installed, project: Project, empty: Path) -> None:
    process = installed.start(project, empty, "demo")
    stdout, stderr = process.communicate(timeout=90)
    assert process.returncode == 0, stderr
    assert "3 batches, 25 hosts: 25 ok" in stdout
    assert "the routers counted 25 sessions, at most 10 at once, 0 left open" in stderr
    assert not [*empty.iterdir()]


def test_isolated_a_new_project_is_planned_and_its_schema_is_the_commands(installed: Installed, project: Project, empty: Path) -> None:
    installed.run(project, empty, "init", "net")
    net = empty / "net"
    schema = installed.run(project, empty, "schema")
    assert json.loads(schema) == json.loads((net / "playbook.schema.json").read_text())
    installed.run(project, net, "validate", "playbooks/first.yaml")
    assert "1 host" in installed.run(project, net, "plan", "playbooks/first.yaml")


@contextmanager
def lab_of(installed: Installed, project: Project, folder: Path, platforms: list[str]) -> Iterator[None]:
    """A lab with a device of each platform, on ports that happen to be free, and its inventory."""
    for attempt in range(30):
        port = 31000 + (os.getpid() * 37 + attempt * 101) % 1000
        process = installed.start(
            project, folder, "lab", "up", "--devices", str(len(platforms)), "--platform", ",".join(platforms), "--first-port", str(port)
        )
        assert process.stdout is not None
        if "up:" not in process.stdout.readline():
            _, stderr = process.communicate(timeout=20)
            assert "already in use" in stderr
            continue
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
        assert process.returncode == 0
        return
    pytest.fail("no ports are free")


def test_isolated_every_platform_of_the_lab_is_read_parsed_and_configured(installed: Installed, project: Project, empty: Path) -> None:
    platforms = sorted(PERSONALITIES)
    (empty / "x.yaml").write_text(EVERYWHERE)
    with lab_of(installed, project, empty, platforms):
        job = json.loads(installed.run(project, empty, "run", "x.yaml", "--yes", "--format", "json"))
    assert {host["status"] for host in job["results"].values()} == {"changed"} and len(job["results"]) == len(platforms)
    assert not job["handler_errors"]
    parsed = [
        result["parsed"] for host in job["results"].values() for task in host["tasks"] for result in task["results"] if result["parsed"]
    ]
    assert len(parsed) == len(platforms) - 1, "one of them is Linux"
