"""Pages are walked: their files are written, their commands typed into a shell, and what they show is what these print."""

from __future__ import annotations

import re
import subprocess

import pytest

from runner.lab import Fleet
from tests.docs.pages import ROOT, Block, page
from tests.project import Project

# What differs from run to run: durations, addresses of the lab, dead timers, temporary folders; and the width of columns.
_VARIES = (
    (r"/tmp/[\w/.-]*nornir-playbook-demo-\w+", "FOLDER"),
    (r"\b\d{8}-\d{6}-[0-9a-f]{4}\b", "JOB"),
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b", "MOMENT"),
    (r"\s\S+@\S+$", " WHO"),
    (r"\s+", " "),
    (r"\b\d+\.\d+ ?s\b", "0.0 s"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"00:00:\d\d", "00:00:00"),
)


@pytest.mark.parametrize(("name", "commands"), [("tutorial.md", 11), ("inventory.md", 2), ("operation.md", 3), ("looking.md", 8)])
def test_a_page_shows_what_happens(name: str, commands: int, project: Project, lab: Fleet, shell: dict[str, str]) -> None:
    """At least so many commands are typed."""
    walked = 0
    for block in page(ROOT / "docs" / name).blocks:
        if block.file and block.language == "yaml":
            project.write(block.file, block.text)
        elif block.language == "console" and not block.mark.startswith("not run"):
            for command, shown in steps(block):
                walked += 1
                done = subprocess.run(
                    ["bash", "-c", command], cwd=project.folder, env=shell, capture_output=True, text=True, timeout=60, check=False
                )
                assert done.returncode == 0, f"{block.place} $ {command}\n{done.stderr}"
                assert missing(shown, done.stdout, done.stderr) == [], f"{block.place} $ {command}\n{done.stdout}{done.stderr}"
    assert walked >= commands
    assert lab.wait_idle() and lab.counters().peak <= 10


def steps(block: Block) -> list[tuple[str, list[str]]]:
    """Each command of a block with the lines that are shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


def missing(shown: list[str], *streams: str) -> list[str]:
    """The lines that a page shows and that none of the streams has, in the page's order; a page may leave lines out."""
    printed = [[normal(line) for line in stream.splitlines()] for stream in streams]
    lost = []
    for line in map(normal, shown):
        for lines in printed:
            if line in lines:
                del lines[: lines.index(line) + 1]
                break
        else:
            lost.append(line)
    return lost


def normal(line: str) -> str:
    """The line without what differs from run to run."""
    for pattern, replacement in _VARIES:
        line = re.sub(pattern, replacement, line)
    return line.strip()


def test_the_readme_shows_the_end_of_the_demo(project: Project) -> None:
    [shown] = [block for block in page(ROOT / "README.md").blocks if block.mark == "demo output"]
    done = project.run("demo")
    assert done.code == 0
    lines = [line for line in shown.text.splitlines() if line.strip() not in ("", "...")]
    assert len(lines) > 5 and missing(lines, done.stdout, done.stderr) == []


def test_a_line_that_was_not_printed_is_noticed() -> None:
    assert missing(["a 0.1 s", "b"], "x\na 3.0 s\n", "b\n") == []
    assert missing(["b", "a"], "a\nb\n") == ["a"]
    assert missing(["r1 ok"], "r1 failed\n") == ["r1 ok"]
