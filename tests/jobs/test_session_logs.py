"""Files of session logs: a name for every host, and a disk that is full costs the log and nothing else."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from runner.errors import RunnerError
from runner.events import Event, Warned
from runner.jobs.session_logs import FOLDER, SessionLogs, log_name
from runner.secret import Redactor, Secret
from runner.target import Target


@pytest.mark.parametrize("host", ["r1", "10.0.0.1", "-r1", "r1\n", "a b", ".r1", "con", "a/b", "100%"])
def test_a_name_for_every_host(host: str) -> None:
    name = log_name(host)
    assert "/" not in name and name.isprintable() and not name.startswith(("-", "."))
    assert unquote(name) == f"{host}.log"


@pytest.mark.parametrize("host", ["..", "../x", "a//b", "x" * 300])
def test_no_name_leads_away(host: str, tmp_path: Path) -> None:
    try:
        assert "/" not in log_name(host)
    except RunnerError as error:
        assert host[:10] in error.message


def test_what_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    told: list[Event] = []
    (tmp_path / FOLDER).write_text("a file")
    logs = SessionLogs(folder=tmp_path, job_id="j1", redact=Redactor([]), tell=told.append)
    assert logs.of(Target(name="r1", hostname="127.0.0.1")) is None
    assert logs.of(Target(name="r2", hostname="127.0.0.1")) is None
    [warning] = told
    assert isinstance(warning, Warned) and "session log of r1" in warning.message and "is not a folder" in warning.message


def test_a_session_is_added_and_its_file_closed(tmp_path: Path) -> None:
    logs = SessionLogs(folder=tmp_path, job_id="j1", redact=Redactor([]), tell=lambda event: None)
    for word in ("one", "two"):
        witness = logs.of(Target(name="r1", hostname="127.0.0.1", username="admin", password=Secret("canary-word")))
        assert witness is not None
        witness("received", f"{word} canary-word\r\n")
        witness("closed", "confirmed")
        witness("received", "too late\r\n")
    text = (tmp_path / FOLDER / "r1.log").read_text()
    assert text.count("session with r1, job j1") == 2
    assert "one ******" in text and "two ******" in text and "too late" not in text
