"""F30: Ctrl-C during a batch starts nothing more, closes what is open, tells who had ended, and reaches the caller, in bounded time."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds until a test gives up on the script."""

ENOUGH = 10.0
"""Seconds from SIGINT to the end of the process, far above the two that are promised: the machine may be busy."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    lines: list[dict[str, Any]]
    code: int
    seconds: float
    stderr: str


def interrupt(scenario: str, **environment: str) -> Ended:
    """Run the script until it says that it is running, send SIGINT, and wait for its end."""
    command = [sys.executable, "-m", "tests.runners.interrupted", scenario]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, text=True, stdout=pipe, stderr=pipe) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                if line == "running\n":
                    break
                lines.append(line)
            process.send_signal(signal.SIGINT)
            sent = monotonic()
            stdout, stderr = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    return Ended(
        lines=[json.loads(line) for line in [*lines, *stdout.splitlines()]],
        code=process.returncode,
        seconds=monotonic() - sent,
        stderr=stderr,
    )


TOLD = [
    {"started": 1, "hosts": ["r1", "r2"]},
    {"finished": 1, "results": {"r1": "in time", "r2": "in time"}, "interrupted": False},
    {"started": 2, "hosts": ["r3", "r4", "r5"]},
    {"finished": 2, "results": {"r3": "in time"}, "interrupted": True},
]
ENDED_IN_TIME = ["r1", "r2", "r3"]


@pytest.mark.parametrize(
    ("scenario", "opened", "closed"),
    [
        pytest.param("reads", ["r4", "r5"], ["r4", "r5"], id="a read is cut"),
        pytest.param("swallows", ["r4", "r5"], ["r4", "r5"], id="a cut host is never ok"),
        pytest.param("opens_again", ["r4", "r4", "r5", "r5"], ["r4", "r4", "r5", "r5"], id="a session opened late is closed too"),
        pytest.param("hangs", ["r4", "r4", "r5", "r5"], ["r4", "r5"], id="a hung session is left behind, the others closed"),
    ],
)
def test_f30_ctrl_c_ends_the_run(scenario: str, opened: list[str], closed: list[str]) -> None:
    ended = interrupt(scenario)
    assert ended.lines == [*TOLD, {"opened": ENDED_IN_TIME + opened, "closed": ENDED_IN_TIME + closed}]
    assert ended.code == 0, "the script ended by itself: no hung thread kept the interpreter alive"
    assert ended.seconds < ENOUGH
    assert "Exception in thread" not in ended.stderr


def test_f30_ctrl_c_that_nobody_catches_ends_the_process_in_spite_of_hung_hosts() -> None:
    ended = interrupt("hangs", UNCAUGHT="1")
    assert ended.code == -signal.SIGINT
    assert ended.lines[:-1] == TOLD
    assert ended.seconds < ENOUGH


def test_f30_an_observer_that_raises_does_not_replace_ctrl_c() -> None:
    ended = interrupt("reads", OBSERVER_RAISES="1")
    assert ended.lines[:-1] == TOLD
    assert ended.lines[-1]["closed"] == ended.lines[-1]["opened"]
    assert ended.code == 0
