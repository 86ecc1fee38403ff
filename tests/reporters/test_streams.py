"""Streams that break: ASCII ones, closed ones, full disks. The process and its exit code do not suffer (F79c)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from runner.contracts import CommandResult
from runner.reporters.console import Console
from runner.reporters.fanout import Fanout
from runner.reporters.json_document import JsonDocument
from runner.events import TextPrinted
from tests.journal.story import BATCHES, audit, host_finished, record_of, run_finished, run_started, task

json_wanted = "json" in sys.argv
with record_of(*BATCHES) as record:
    console = Console(record, out=sys.stdout, err=sys.stderr, results=not json_wanted)
    document = JsonDocument(record, sys.stdout)
    tell = Fanout([record.apply, console, *([document] if json_wanted else [])])
    events = audit()
    long = [TextPrinted(host="r1", task="t", text="Gr\\u00fc\\u00dfe \\udce4 " * 20) for _ in range(int(sys.argv[1]))]
    for event in [*events[:-1], *long, events[-1]]:
        tell(event)
    tell.close()
print("lost:", console.lost or document.lost or "nothing", file=sys.stderr)
sys.exit(5)
"""


def run(tail: str, *, lines: int = 3, encoding: str = "utf-8", arguments: str = "") -> subprocess.CompletedProcess[str]:
    """The program as a shell runs it, `tail` being what follows it on the command line; `code` is printed last on stderr."""
    command = f'{{ {sys.executable} -c "$PROGRAM" {lines} {arguments}; echo code $? >&2; }} {tail}'
    environ = {"PROGRAM": PROGRAM, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": encoding, "PATH": "/usr/bin:/bin"}
    return subprocess.run(["bash", "-c", command], env=environ, capture_output=True, text=True, encoding="utf-8", timeout=60)


ENDS = [
    pytest.param("", 3, id="nothing special"),
    pytest.param("| head -1", 3, id="a reader that goes away"),
    pytest.param("| head -1", 3000, id="a reader that goes away from a long text"),
    pytest.param("| true", 3000, id="a reader that never reads"),
    pytest.param(">&-", 3, id="stdout closed from the start"),
    pytest.param("> /dev/full", 3, id="a full disk"),
]


@pytest.mark.parametrize("arguments", ["", "json"])
@pytest.mark.parametrize(("tail", "lines"), ENDS)
def test_f79c_the_exit_code_is_the_runs(tail: str, lines: int, arguments: str) -> None:
    done = run(tail, lines=lines, arguments=arguments)
    assert done.stderr.splitlines()[-1] == "code 5"
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("arguments", ["", "json"])
@pytest.mark.parametrize(("tail", "lost"), [("> /dev/full", "No space left on device"), ("| true", "nothing"), ("", "nothing")])
def test_what_was_lost_is_known_but_a_reader_that_went_away_lost_nothing(tail: str, lost: str, arguments: str) -> None:
    assert f"lost: {lost}" in run(tail, lines=3000, arguments=arguments).stderr.splitlines()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_f79c_terminals_that_know_few_letters_get_escapes(encoding: str) -> None:
    done = run("| iconv -f latin1 -t utf8" if encoding == "latin-1" else "", encoding=encoding)
    assert done.stderr.splitlines()[-1] == "code 5"
    assert ("Grüße \\xe4" in done.stdout) is (encoding != "ascii")
    assert ("Gr\\xfc\\xdfe \\xe4" in done.stdout) is (encoding == "ascii")


def test_json_is_alone_on_stdout_and_valid_in_ascii() -> None:
    done = run("", encoding="ascii", arguments="json")
    document = json.loads(done.stdout)
    assert [len(batch["device_ids"]) for batch in document["batches"]] == [10, 10, 5]
    assert document["exit_code"] == 4
    assert "r1  Gr\\xfc" in done.stderr


def test_a_run_into_a_pipe_never_loads_rich() -> None:
    program = PROGRAM.replace("sys.exit(5)", "sys.exit([name for name in sys.modules if name.split('.')[0] == 'rich'] or 0)")
    environ = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program, "1"], env=environ, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.splitlines()[-1][:5]) == (0, "lost:")
