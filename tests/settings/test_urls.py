"""Passwords in URLs are not told."""

from __future__ import annotations

import pytest

from runner.settings.urls import without_password
from tests.project import Project


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgresql://ann:hunter2@db/jobs", "postgresql://ann:***@db/jobs"),
        ("--store=postgresql+psycopg://:hun%40ter2@db:5432/jobs?x=1", "--store=postgresql+psycopg://:***@db:5432/jobs?x=1"),
        ("postgresql:///jobs?host=/run&password=hunter2&x=1", "postgresql:///jobs?host=/run&password=***&x=1"),
        ("postgresql://ann@db:5432/jobs", "postgresql://ann@db:5432/jobs"),
        ("state/jobs.db", "state/jobs.db"),
    ],
)
def test_the_password_of_a_url_is_masked(text: str, told: str) -> None:
    assert without_password(text) == told


@pytest.mark.parametrize("more", [(), ("--format", "json")], ids=["text", "json"])
def test_config_shows_no_password(project: Project, more: tuple[str, ...]) -> None:
    (project.folder / "nornir-playbook.toml").write_text('store = "postgresql://ann:hunter2@db.example/jobs"\n')
    run = project.run("config", "show", "--origin", *more)
    assert "postgresql://ann:***@db.example/jobs" in run.stdout and "hunter2" not in run.stdout + run.stderr
