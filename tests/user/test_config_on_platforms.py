"""On each platform a push that is accepted, refused, cut or silent: record, recap, exit code and the device's own book side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from runner.lab import Device, Faults, Fleet, SessionRecord
from runner.lab.personalities import PERSONALITIES
from runner.platforms import Configuration, platform_of
from tests.project import CANARY, Project, Run

COMMENT = "change 4711"
LIMITS = ("--connect-timeout", "20", "--command-timeout", "3")


@dataclass(frozen=True, kw_only=True)
class Words:
    """Five lines that a platform takes, what is wrong in the third place, and the device's own words about that.

    `third` is which line in configuration mode the third of ours is for the device: a shell is asked for the status of each.
    """

    lines: tuple[str, ...]
    bad: str
    says: str
    third: int = 3


WORDS = {
    "cisco_ios": Words(
        lines=("interface Loopback0", "description ours", "ip mtu 1400", "no shutdown", "ip ospf cost 10"),
        bad="mtoo 1400",
        says="% Invalid input detected",
    ),
    "arista_eos": Words(
        lines=("interface Loopback0", "description ours", "mtu 1400", "no shutdown", "ip ospf cost 10"),
        bad="mtoo 1400",
        says="% Invalid input",
    ),
    "cisco_xr": Words(
        lines=("interface Loopback0", "description ours", "mtu 1400", "ipv4 address 10.9.9.9 255.255.255.255", "shutdown"),
        bad="mtoo 1400",
        says="% Invalid input detected",
    ),
    "juniper_junos": Words(
        lines=(
            "set interfaces lo0 description ours",
            "set system ntp server 192.0.2.1",
            "set system ntp server 192.0.2.2",
            "set system ntp server 192.0.2.3",
            "set system ntp server 192.0.2.4",
        ),
        bad="set sistem ntp server 192.0.2.2",
        says="syntax error",
    ),
    "linux": Words(
        lines=tuple(f"echo ours > /etc/file{number}" for number in range(1, 6)), bad="mtoo 1400", says="command not found", third=5
    ),
}
PLATFORMS = [name for name in PERSONALITIES if (config := platform_of(name).config) is not None]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the four witnesses of a push say: the run's exit code, its record, its recap, and the device."""

    code: int
    status: str
    task: str
    lines: tuple[int, int]
    recap: dict[str, int]
    accepted: tuple[str, ...]
    committed: tuple[str, ...]


def config_of(platform: str) -> Configuration:
    config = platform_of(platform).config
    assert config is not None
    return config


class Push:
    """One run of a `config` task, and a reading one after it, on a device of a platform."""

    def __init__(self, project: Project, platform: str, lines: tuple[str, ...], faults: Faults) -> None:
        self.fleet: Fleet = project.fleet([Device("r1", platform=platform, password=CANARY, faults=faults)])
        self.before = self.fleet.running_config("r1")
        comment = f", comment: {COMMENT}" if config_of(platform).candidate else ""
        after = "{name: look, commands: 'ip address show'}" if platform == "linux" else "{name: look, commands: show version}"
        project.write("x.yaml", f"- hosts: all\n  tasks:\n    - {{name: push, config: {{lines: {[*lines]}{comment}}}}}\n    - {after}\n")
        self.run: Run = project.run("run", "x.yaml", "--format", "json", *LIMITS)
        self.words: str = self.run.stderr
        host = self.run.json["results"]["r1"]
        self.reason: str = host.get("reason", "")
        self.tasks: list[dict[str, Any]] = host["tasks"]

    @property
    def session(self) -> SessionRecord:
        """The only one there was."""
        [session] = self.fleet.sessions("r1")
        return session

    @property
    def shown(self) -> Shown:
        job, (task, *_) = self.run.json, self.tasks
        counted = {word: number for word, number in job["recap"]["r1"].items() if number}
        commits = [commit for commit in self.session.commits if commit.done]
        return Shown(
            code=self.run.code,
            status=job["results"]["r1"]["status"],
            task=task["status"],
            lines=(task["lines"]["applied"], task["lines"]["total"]),
            recap=counted,
            accepted=self.session.config_lines,
            committed=tuple(commit.comment for commit in commits),
        )


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def outside_again(push: Push, config: Configuration) -> bool:
    """The way out of configuration mode was taken, and nothing was typed in that mode behind it."""
    lines = [(line.text, line.mode) for line in push.session.lines]
    left = max((place for place, line in enumerate(lines) if line == (config.leave, "config")), default=len(lines))
    return left < len(lines) and all(mode == "exec" for _, mode in lines[left + 1 :])


def test_every_platform_of_the_lab_is_here() -> None:
    assert set(PLATFORMS) == set(PERSONALITIES) <= set(WORDS)


@pytest.mark.parametrize("chunk", [0, 1], ids=["", "split at every byte"])
def test_accepted(project: Project, platform: str, chunk: int) -> None:
    words, config = WORDS[platform], config_of(platform)
    push = Push(project, platform, words.lines, Faults(chunk=chunk))
    assert push.shown == Shown(
        code=0,
        status="changed",
        task="changed",
        lines=(5, 5),
        recap={"ok": 2, "changed": 1},
        accepted=words.lines,
        committed=(COMMENT,) if config.candidate else (),
    ), push.words
    assert [task["name"] for task in push.tasks] == ["push", "look"] and outside_again(push, config)
    assert len(push.session.commits) == int(config.candidate)
    assert push.fleet.running_config("r1") != push.before


def test_f13_f14_f20_rejected_in_line_3_of_5(project: Project, platform: str) -> None:
    words, config = WORDS[platform], config_of(platform)
    lines = (*words.lines[:2], words.bad, *words.lines[3:])
    push = Push(project, platform, lines, Faults())
    assert push.shown == Shown(
        code=2,
        status="failed",
        task="failed",
        lines=(0 if config.candidate else 2, 5),
        recap={"failed": 1},
        accepted=words.lines[:2],
        committed=(),
    ), push.words
    assert "line 3 of 5" in push.reason and words.bad in push.reason and words.says in push.reason
    assert not {*words.lines[3:]} & {line.text for line in push.session.lines}, "a later line was sent"
    assert [task["name"] for task in push.tasks] == ["push"] and outside_again(push, config)
    if config.candidate:
        assert "nothing was committed" in push.reason and not push.session.commits
        assert push.fleet.running_config("r1") == push.before
        assert push_again_finds_nothing_waiting(project, push, words)


def push_again_finds_nothing_waiting(project: Project, push: Push, words: Words) -> bool:
    """The candidate is clean: a second push commits its own line and no other."""
    project.write("again.yaml", f"- hosts: all\n  tasks:\n    - config: {{lines: ['{words.lines[0]}', '{words.lines[1]}']}}\n")
    assert project.run("run", "again.yaml", *LIMITS).code == 0
    [commit] = push.fleet.sessions("r1")[1].commits
    return commit.done and not push.fleet.sessions("r1")[0].commits


@pytest.mark.parametrize("how", ["cut", "silent"])
def test_f34_lost_in_mid_push(project: Project, platform: str, how: str) -> None:
    words, config = WORDS[platform], config_of(platform)
    faults = Faults(close_at_line=words.third) if how == "cut" else Faults(hang_at_line=words.third)
    push = Push(project, platform, words.lines, faults)
    push.fleet.set_faults("r1", Faults())
    assert push.fleet.wait_idle()
    received = 3 if how == "cut" else 2
    assert push.shown == Shown(
        code=5, status="in_doubt", task="in_doubt", lines=(2, 5), recap={}, accepted=words.lines[:received], committed=()
    ), push.words
    assert "not known" in push.reason and "r1  in doubt (command)" in push.words
    assert [task["name"] for task in push.tasks] == ["push"], "the host went on"
    assert not {*words.lines[3:]} & {line.text for line in push.session.lines}
    if config.candidate:  # nobody could look, so in doubt is what the run may say; the device knows that nothing was committed
        assert not push.session.commits and push.fleet.running_config("r1") == push.before


@pytest.mark.parametrize("platform", [name for name in PLATFORMS if config_of(name).candidate], indirect=True)
def test_f20_a_commit_that_is_refused(project: Project, platform: str) -> None:
    words, config = WORDS[platform], config_of(platform)
    push = Push(project, platform, words.lines, Faults(commit_fails=True))
    assert push.shown == Shown(
        code=2, status="failed", task="failed", lines=(0, 5), recap={"failed": 1}, accepted=words.lines, committed=()
    ), push.words
    assert "the commit was refused: " in push.reason and outside_again(push, config)
    assert [commit.done for commit in push.session.commits] == [False] and push.fleet.running_config("r1") == push.before
