"""What `save_config` sends, what it believes, and where there is nothing to save."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.save_config import SaveConfig, SaveConfigArguments
from runner.contracts import Reply
from runner.platforms import platform_of
from tests.actions.fakes import Context, TableSession


@pytest.mark.parametrize(
    ("platform", "command", "answer", "words"),
    [
        pytest.param("cisco_ios", "write memory", "Building configuration...\n[OK]", "", id="ios"),
        pytest.param("cisco_nxos", "copy running-config startup-config", "[####] 100%\nCopy complete.", "", id="nxos"),
        pytest.param("arista_eos", "write memory", "Copy completed successfully.", "", id="eos"),
        pytest.param("cisco_ios", "write memory", "startup-config file open failed (Device or resource busy)", "open failed", id="busy"),
        pytest.param(
            "cisco_ios", "write memory", "Building configuration...\n\n\n\n% Error: no space", "% Error: no space", id="late error"
        ),
        pytest.param("cisco_ios", "write memory", "Building configuration...", "did not confirm it, and said", id="ios, no word of it"),
        pytest.param("arista_eos", "write memory", "", "the device did not confirm it", id="eos, silent"),
    ],
)
def test_it_saves_and_believes_what_the_device_says(platform: str, command: str, answer: str, words: str) -> None:
    session, action = TableSession({command: answer}), SaveConfig()
    result = action.run(SaveConfigArguments(timeout=7), Context(table=session, platform=platform_of(platform)))
    [(sent, timeout, prompt, enter)] = session.sent
    assert (sent, timeout, enter) == (command, 7, "") and prompt
    assert (result.changed, result.failed) == (not words, bool(words))
    assert words in result.reason and result.results[0].output == answer


def test_a_refusal_fails() -> None:
    reply = Reply(command="write memory", output="% Authorization failed", duration_seconds=0.1, error="% Authorization failed")
    action = SaveConfig()
    result = action.run(SaveConfigArguments(), Context(table=TableSession({"write memory": reply})))
    assert result.reason == "the configuration could not be saved: % Authorization failed"


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("cisco_ios", ""),
        ("juniper_junos", "juniper_junos has nothing to save: a commit is there to stay; leave it out"),
        ("cisco_xr", "cisco_xr has nothing to save: a commit is there to stay; leave it out"),
        ("linux", "linux has no configuration to save; leave it out"),
        (
            "alcatel_sros",
            "how alcatel_sros saves its configuration is not known; describe it in plugins/platforms.yaml, or use nornir_task",
        ),
    ],
)
def test_f20d_platforms_without_saving_are_refused_in_planning(platform: str, words: str) -> None:
    action = SaveConfig()
    assert action.unsupported(SaveConfigArguments(), platform_of(platform)) == words


def test_f20c_it_always_writes() -> None:
    action = SaveConfig()
    assert action.writes(SaveConfigArguments(), platform_of("cisco_ios"))


@pytest.mark.parametrize("value", [{"cmd": "x"}, {"timeout": 0}, "yes"], ids=["unknown key", "no time", "text"])
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        SaveConfig.arguments.model_validate(value)
