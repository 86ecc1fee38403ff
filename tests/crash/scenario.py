"""What a run of the crash suite is made of: a small fleet, a playbook that writes to it, and what each device must get."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.lab import Device, Faults, Fleet

CANDIDATE = frozenset({"cisco_xr", "juniper_junos"})
"""Platforms where lines wait for a commit."""

SHOWS = {"cisco_ios": "show running-config", "cisco_xr": "show running-config", "juniper_junos": "show configuration"}
ITEMS = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One round of a task that writes: its batch is that of the play, `net` names its lines apart from those of all others."""

    play: str
    task: str
    place: int
    net: int
    count: int

    def servers(self) -> tuple[str, ...]:
        """The addresses of its lines in their order."""
        return tuple(f"10.9.{self.net}.{number}" for number in range(1, self.count + 1))

    def lines(self, platform: str) -> tuple[str, ...]:
        """As they are sent."""
        word = "set system ntp server" if platform == "juniper_junos" else "ntp server"
        return tuple(f"{word} {server}" for server in self.servers())


STEPS = (
    Step(play="change", task="base", place=0, net=1, count=4),
    *(Step(play="change", task="each", place=item - 1, net=10 + item, count=2) for item in ITEMS),
    Step(play="more", task="last", place=0, net=2, count=3),
)

PLAYBOOK = """
- name: change
  hosts: all
  vars: {VARIABLES}
  tasks:
    - {name: look, commands: show version, register: seen, on_result: [{save: "kept/{{ host.name }}-look"}]}
    - name: base
      config: {lines: "{{ lines.s1[host.platform] }}"}
      on_result: [{save: "kept/{{ host.name }}-base"}, {expect: {that: "output"}}]
      verify: {commands: "{{ shows[host.platform] }}", that: "'10.9.1.4' in output"}
    - name: each
      loop: [1, 2, 3]
      config: {lines: "{{ lines['s1' ~ item][host.platform] }}", compare: false}
      register: those
      verify: {commands: "{{ shows[host.platform] }}", that: "'10.9.1' ~ item ~ '.2' in output"}
    - {name: between, commands: show version}
- name: more
  hosts: all
  batch_size: OTHER
  vars: {VARIABLES}
  tasks:
    - name: last
      config: {lines: "{{ lines.s2[host.platform] }}", compare: false}
      verify: {commands: "{{ shows[host.platform] }}", that: ["'10.9.2.3' in output"]}
      on_result: [{save: "kept/{{ host.name }}-last"}]
    - {name: end, commands: show version}
"""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What a seed decides beside the moments of its kills.

    `batch_size` is that of the first play, `other` that of the second; `verify`: doubts are decided by the tasks' own checks, else
    they stay; `refusing` is a device that refuses the third line of the first step, if any; `plain`: the command is started with
    `python -m runner`, and not forked.
    """

    devices: tuple[Device, ...]
    batch_size: int
    other: int
    verify: bool
    refusing: str
    plain: bool

    @classmethod
    def of(cls, seed: int, chance: random.Random) -> Scenario:
        """Of this seed."""
        candidate = "juniper_junos" if seed % 5 == 1 else "cisco_xr"
        refusing = "r2" if chance.random() < 0.25 else ""
        refused = Faults(error_on=frozenset({STEPS[0].lines("cisco_ios")[2]}))
        ios = [
            Device(f"r{number}", faults=refused if f"r{number}" == refusing else Faults()) for number in range(1, chance.choice((3, 4, 5)))
        ]
        devices = [*ios, Device("c1", platform=candidate), *([Device("c2", platform="cisco_xr")] if len(ios) < 3 else [])]
        chance.shuffle(devices)
        return cls(
            devices=tuple(devices),
            batch_size=chance.choice((2, 3)),
            other=chance.choice((1, 2, 3)),
            verify=seed % 3 != 0,
            refusing=refusing,
            plain=seed % 10 == 0,
        )

    @property
    def widest(self) -> int:
        """Most sessions there may be at once."""
        return max(self.batch_size, self.other)

    def write(self, fleet: Fleet, folder: Path) -> None:
        """The inventory of the running fleet, and the playbook."""
        fleet.write_inventory(folder / "inventory")
        lines = {f"s{step.net}": {platform: step.lines(platform) for platform in SHOWS} for step in STEPS}
        text = PLAYBOOK.replace("{VARIABLES}", json.dumps({"lines": lines, "shows": SHOWS})).replace("OTHER", str(self.other))
        (folder / "p.yaml").write_text(text)


def pushes(fleet: Fleet, device: Device, step: Step) -> int:
    """How often a device got all of a step."""
    last = step.lines(device.platform)[-1]
    if device.platform not in CANDIDATE:
        return fleet.config_lines(device.name).count(last)
    commits = (commit for session in fleet.sessions(device.name) for commit in session.commits)
    return sum(commit.done and any(step.servers()[-1] in line for line in commit.lines) for commit in commits)


def received(fleet: Fleet, device: Device, step: Step) -> Iterator[int]:
    """How often a device received each line of a step, whatever became of it."""
    log = fleet.log(device.name)
    return (log.count(line) for line in step.lines(device.platform))
