"""A project begins at the nearest mark above a playbook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.settings.project import project_root


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (["a/nornir-playbook.toml"], "a"),
        (["a/b/.git/x"], "a/b"),
        (["nornir-playbook.toml", "a/b/nornir-playbook.toml"], "a/b"),
        ([], "a/b/c"),
    ],
)
def test_the_nearest_mark_counts(tmp_path: Path, marks: list[str], expected: str) -> None:
    playbook = tmp_path / "a" / "b" / "c" / "site.yaml"
    playbook.parent.mkdir(parents=True)
    playbook.touch()
    for mark in marks:
        (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / mark).touch()
    assert project_root(playbook) == project_root(playbook.parent) == tmp_path / expected


def test_the_users_configuration_follows_the_platform(tmp_path: Path) -> None:
    script = "from runner.settings.project import user_config_file; print(user_config_file())"
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == str(tmp_path / "nornir-playbook" / "config.toml")
