"""Limits of a play: from flags and environment, the playbook, files, the strongest first; and the plan shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.jobs.prepare import read_and_plan
from runner.planning.describe import as_lines
from runner.planning.plan import PlannedPlay
from runner.planning.plan_json import as_json
from runner.settings.load import load_settings
from tests.planning.test_planner import plan

KEYWORDS: list[tuple[str, Any, str, Any, Any]] = [
    ("max_fail_percentage", 20, "30", 30.0, None),
    ("max_failures", '"12.5%"', "3", 3, None),
    ("any_errors_fatal", "false", "true", True, False),
    ("on_batch_failure", "stop", "pause", "pause", "continue"),
    ("max_auth_failures", 1, "2", 2, 3),
    ("connect_retries", 1, "2", 2, 0),
]


def play_with(folder: Path, keywords: str, *, flags: dict[str, Any] | None = None, environ: dict[str, str] | None = None) -> PlannedPlay:
    (folder / "inventory").mkdir(exist_ok=True)
    (folder / "inventory" / "hosts.yaml").write_text("r1: {}\n")
    (folder / "x.yaml").write_text(f"- hosts: all\n{keywords}  tasks: [{{commands: show clock}}]\n")
    settings = load_settings(flags={"inventory": folder / "inventory", **(flags or {})}, environ=environ or {}, project=folder)
    return read_and_plan(folder / "x.yaml", settings).plan.plays[0]


def limit(play: PlannedPlay, name: str) -> Any:
    return getattr(play.policy, name) if hasattr(play.policy, name) else getattr(play, name)


@pytest.mark.parametrize(("name", "in_play", "text", "value", "default"), KEYWORDS, ids=[row[0] for row in KEYWORDS])
def test_the_strongest_place_wins(tmp_path: Path, name: str, in_play: Any, text: str, value: Any, default: Any) -> None:
    keyword, toml = f"  {name}: {in_play}\n", tmp_path / "nornir-playbook.toml"
    variable = {f"NORNIR_PLAYBOOK_{name.upper()}": text}
    assert limit(play_with(tmp_path, ""), name) == default
    of_play = limit(play_with(tmp_path, keyword), name)
    assert str(of_play).strip("%") == str(in_play).strip('"%').replace("false", "False").replace("20", "20.0")
    toml.write_text(f"{name} = {text if not isinstance(value, str) else repr(text)}\n")
    assert limit(play_with(tmp_path, ""), name) == value
    assert limit(play_with(tmp_path, keyword), name) == of_play
    toml.unlink()
    assert limit(play_with(tmp_path, keyword, environ=variable), name) == value
    assert limit(play_with(tmp_path, keyword, flags={name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_fail_percentage", "101"),
        ("max_fail_percentage", "-1"),
        ("max_fail_percentage", "many"),
        ("max_failures", "-1"),
        ("max_failures", "101%"),
        ("max_failures", "1.5"),
        ("any_errors_fatal", "sometimes"),
        ("on_batch_failure", "abort"),
        ("max_auth_failures", "0"),
        ("connect_retries", "-1"),
        ("login_rate", "0"),
        ("login_rate", "inf"),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(name: str, text: str) -> None:
    variable = f"NORNIR_PLAYBOOK_{name.upper()}"
    with pytest.raises(InputError) as caught:
        load_settings(flags={}, environ={variable: text})
    assert caught.value.message.startswith(variable)


def test_a_task_says_for_itself_whether_unreachable_hosts_count(tmp_path: Path) -> None:
    text = "- hosts: r1\n  ignore_unreachable: true\n  tasks: [{commands: show clock}, {commands: show clock, ignore_unreachable: false}]\n"
    made = plan(tmp_path, text).plays[0]
    assert made.ignore_unreachable and [task.ignore_unreachable for task in made.tasks] == [True, False]


def test_the_plan_shows_limits_and_what_they_cannot_hold_back(tmp_path: Path) -> None:
    keywords = "- hosts: all\n  max_fail_percentage: 12.5\n  on_batch_failure: stop\n  tasks: [{commands: COMMAND}]\n"
    writes = plan(tmp_path, keywords.replace("COMMAND", "clear counters"))
    reads = plan(tmp_path, keywords.replace("COMMAND", "show clock"))
    shown = "\n".join(as_lines(writes, every_host=False))
    assert "limits: max_fail_percentage 12.5, on_batch_failure stop" in shown and "may already have been written to" in shown
    assert "may already have been written to" not in "\n".join(as_lines(reads, every_host=False))
    assert as_json(writes)["plays"][0]["limits"]["max_fail_percentage"] == 12.5
