"""What an action is given beside its session: secrets and logins for code that the user named, and where it goes in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.events import HostFinished, TaskFinished, WriteIntended
from runner.secret import Secret
from runner.states import HostStatus
from tests.execution.scenario import Scenario

CODE = """
from runner.errors import SessionError


def plain(password):
    return f"got {password[0]} and {password[1]['x']}"


def login(context):
    return dict(context.login())


def nobody(context):
    return context.ask("Really?")


def cut(context):
    raise SessionError("the connection broke", phase="command", cause="closed")
"""


def run_with(folder: Path, function: str, more: str) -> Scenario:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "mine.py").write_text(CODE)
    (folder / "nornir-playbook.toml").write_text("")
    run = Scenario(folder, secret=Secret("s3cret-canary"))
    return run.run(f"- hosts: all\n  secrets: {{pw: env:PW}}\n  tasks:\n    - python: {{function: 'mine:{function}', {more}}}\n")


def test_a_users_function_gets_secrets_in_place_of_their_markers(tmp_path: Path) -> None:
    run = run_with(tmp_path, "plain", "reads_only: true, args: {password: ['{{ pw }}', {x: 'a{{ pw }}b'}]}")
    assert run.told(TaskFinished)[0].results[0].output == "got s3cret-canary and as3cret-canaryb"


def test_a_login_is_plain_data_where_the_task_talks_to_the_device(tmp_path: Path) -> None:
    run = run_with(tmp_path, "login", "reads_only: true, needs_session: true")
    login = run.told(TaskFinished)[0].results[0].parsed
    assert login == {"hostname": "127.0.0.1", "port": 22, "username": "", "password": None, "platform": None}


def test_where_nobody_can_be_asked_the_host_fails_and_says_so(tmp_path: Path) -> None:
    run = run_with(tmp_path, "nobody", "reads_only: true")
    end = run.told(HostFinished)[0]
    assert end.status is HostStatus.FAILED and "nobody can be asked" in end.reason


@pytest.mark.parametrize(("reads_only", "status"), [("true", HostStatus.FAILED), ("false", HostStatus.IN_DOUBT)])
def test_a_function_that_is_cut_is_in_doubt_unless_it_only_reads(tmp_path: Path, reads_only: str, status: HostStatus) -> None:
    run = run_with(tmp_path, "cut", f"reads_only: {reads_only}")
    end = run.told(HostFinished)[0]
    assert (end.status, bool(run.told(WriteIntended))) == (status, status is HostStatus.IN_DOUBT)
    assert "the connection broke" in end.reason
