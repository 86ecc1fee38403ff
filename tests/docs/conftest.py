"""A project that looks like a clone: the lab's inventory for 25 running routers, and the playbooks of the repository."""

from __future__ import annotations

import shutil
import sys

import pytest

from runner.lab import Fleet
from tests.docs.pages import ROOT
from tests.project import Project


@pytest.fixture
def lab(project: Project) -> Fleet:
    """The routers of the project's inventory, running."""
    shutil.copytree(ROOT / "playbooks", project.folder / "playbooks")
    return project.fleet(25)


@pytest.fixture
def shell(project: Project) -> dict[str, str]:
    """An environment in which `nornir-playbook` and `python` are the ones under test."""
    programs = {"nornir-playbook": f'exec {sys.executable} -m runner "$@"', "python3": f'exec {sys.executable} "$@"'}
    for name, line in programs.items():
        program = project.write(f"bin/{name}", f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    environment = project.environment()
    return {**environment, "PATH": f"{project.folder / 'bin'}:{environment['PATH']}", "COLUMNS": "200"}
