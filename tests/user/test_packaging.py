"""What is in the wheel, and that it works where it is installed: the command, the demo and its playbook, types, entry points."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import tomllib
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

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
