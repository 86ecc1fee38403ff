"""What a person sees: a live line and failures above it on a terminal, plain lines in a pipe, and colours only where wanted."""

from __future__ import annotations

import re

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, COMMAND, Project
from tests.user.person import Person
from tests.user.tmux import Tmux

PLAYBOOK = "- name: audit\n  hosts: all\n  batch_size: {size}\n  tasks:\n    - {{name: clock, commands: show clock}}\n"
LIVE = re.compile(r"^Batch \d of \d  \[[# ]{10}\] \d+/\d+|^(Batch )?\d/\d  \d+/\d+")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = "\x1b"


def fleet_with(project: Project, faults: dict[str, Faults], devices: int, size: int) -> Fleet:
    project.write("audit.yaml", PLAYBOOK.format(size=size))
    return project.fleet([Device(each.name, password=CANARY, faults=faults.get(each.name, Faults())) for each in Device.fleet(devices)])


def in_tmux(project: Project, columns: int, rows: int) -> Tmux:
    return Tmux([*COMMAND, "run", "audit.yaml"], folder=project.folder, environment=project.environment(), columns=columns, rows=rows)


SIZES = [(80, 24), (40, 10), (200, 60)]


@pytest.mark.parametrize(("columns", "rows"), SIZES, ids=[f"{columns}x{rows}" for columns, rows in SIZES])
def test_a_live_line_below_and_failures_above(project: Project, columns: int, rows: int) -> None:
    fleet = fleet_with(project, {"r2": Faults(refuse=True), "r4": Faults(hang_at="command")}, 6, 4)
    with in_tmux(project, columns, rows) as terminal:
        terminal.shows("3/4")  # r1 and r3 ok, r2 unreachable, r4 hangs
        screen = terminal.screen()
        assert LIVE.match(screen[-1]), screen
        assert len(screen[-1]) < columns
        assert sum(bool(LIVE.match(line)) for line in screen) == 1
        assert any(line.startswith("r2  unreachable (tcp)") for line in screen[:-1]), screen
        if columns >= 80:
            assert "ok 2" in screen[-1] and "unreachable 1" in screen[-1] and "running 1" in screen[-1]
        terminal.types("C-c")
        assert terminal.leaves() == 4  # that a host was unreachable says more than that we were stopped
        everything = terminal.everything()
        assert not any(LIVE.match(line) for line in everything), "a live line was left behind"
        assert sum("stopping:" in line for line in everything) == 1
        recap = "\n".join(everything)
        assert re.search(r"^r2 +: ok=0", recap, re.MULTILINE) or columns < 80, recap
        assert "2 not started" in " ".join(recap.split())
    assert fleet.wait_idle()


def test_a_run_that_goes_well_ends_with_its_recap(project: Project) -> None:
    fleet_with(project, {}, 5, 2)
    with in_tmux(project, 100, 30) as terminal:
        assert terminal.leaves() == 0
        lines = terminal.everything()
        assert not any(LIVE.match(line) for line in lines)
        batches = [line for line in lines if line.startswith("batch ")]
        assert [line.split(" in ")[0] for line in batches] == [
            "batch 1 of 3 (2 devices): 2 ok", "batch 2 of 3 (2 devices): 2 ok", "batch 3 of 3 (1 device): 1 ok"
        ]  # fmt: skip
        assert any(line.startswith("3 batches, 5 hosts: 5 ok") for line in lines)
        assert [line.split()[0] for line in lines if re.match(r"^r\d +: ", line)] == ["r1", "r2", "r3", "r4", "r5"]


def test_ctrl_c_twice_on_a_terminal(project: Project) -> None:
    fleet = fleet_with(project, {"r1": Faults(hang_at="command", hang_on_exit=True)}, 3, 1)
    with in_tmux(project, 80, 24) as terminal:
        terminal.shows("Batch 1 of 3")
        terminal.types("C-c")
        terminal.shows("stopping:")
        terminal.types("C-c")
        assert terminal.leaves() == 7
        assert "Traceback" not in "\n".join(terminal.everything())
    fleet.set_faults("r1", Faults())
    assert fleet.wait_idle()


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_pipe_gets_plain_lines(project: Project, format_: str) -> None:
    fleet_with(project, {"r2": Faults(refuse=True)}, 3, 2)
    run = project.run("run", "audit.yaml", "-vv", "--format", format_)
    assert run.code == 4
    for text in (run.stdout, run.stderr):
        assert text and ESCAPE not in text and "\r" not in text


def test_no_line_of_a_pipe_is_redrawn_and_each_batch_is_said_twice(project: Project) -> None:
    fleet_with(project, {}, 3, 2)
    lines = project.run("run", "audit.yaml").stderr.splitlines()
    started, ended = [line for line in lines if line.startswith("batch 1")]
    assert started == "batch 1 of 2 (2 devices): started with r1,r2"
    assert ended.startswith("batch 1 of 2 (2 devices): 2 ok in ")


def seen(project: Project, env: dict[str, str]) -> str:
    """All that a terminal gets with these variables."""
    fleet_with(project, {"r2": Faults(refuse=True)}, 3, 2)
    with Person([*COMMAND, "run", "audit.yaml"], folder=project.folder, environment=project.environment(env)) as person:
        assert person.leaves() == 4
        assert "3 hosts" in person.text
        return person.raw


def test_a_terminal_gets_colours(project: Project) -> None:
    assert COLOUR.search(seen(project, {}))


def test_no_color_keeps_the_live_line_and_drops_the_colours(project: Project) -> None:
    raw = seen(project, {"NO_COLOR": "1"})
    assert not COLOUR.search(raw) and ESCAPE in raw


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_gets_plain_lines(project: Project, term: str) -> None:
    assert ESCAPE not in seen(project, {"TERM": term})


def test_an_accessible_terminal_gets_no_redrawn_lines(project: Project) -> None:
    raw = seen(project, {"NORNIR_PLAYBOOK_ACCESSIBLE": "1", "NO_COLOR": "1"})
    assert ESCAPE not in raw and "warning" not in raw


def test_force_color_colours_a_pipe_and_no_color_wins(project: Project) -> None:
    fleet_with(project, {}, 2, 2)
    coloured = project.run("run", "audit.yaml", env={"FORCE_COLOR": "1"})
    assert COLOUR.search(coloured.stdout) and "\r" not in coloured.stdout
    plain = project.run("run", "audit.yaml", env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert ESCAPE not in plain.stdout + plain.stderr
    document = project.run("run", "audit.yaml", "--format", "json", env={"FORCE_COLOR": "1"})
    assert document.json["exit_code"] == 0 and ESCAPE not in document.stdout


def test_f70_f71_what_a_device_says_cannot_pass_for_a_line_of_ours(project: Project) -> None:
    lie = b"% Invalid input \x1b[2J\r\nr9  ok\r\n\x1b]52;c;Zm9v\x07\xe2\x80\xae\r\n"
    fleet_with(project, {"r1": Faults(raw_output={"show clock": lie})}, 1, 1)
    for arguments in ([], ["-v"], ["-vv"]):
        run = project.run("run", "audit.yaml", *arguments)
        assert run.code == 2, run.stderr
        shown = run.stdout + run.stderr
        assert not any(mark in shown for mark in ("\x1b", "\x07", "\u202e", "\r"))
        assert not any(line.startswith("r9") for line in shown.splitlines()), shown
    document = project.run("run", "audit.yaml", "--format", "json")
    assert "\x1b" not in document.stdout and not any(line.startswith("r9") for line in document.stdout.splitlines())
