"""What it costs to collect: memory from 100 devices to 1,000, and what the record of the job adds. Run by `make bench-collecting`.

Every run is a fresh process against the simulated fleet in this one; runs that are compared take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from runner.lab import Device, Fleet
from runner.lab.faults import Faults
from tests.bench.inventory import Cost, measured, shown

BIG = 200_000
"""Bytes of one output."""
PLAYBOOK = """\
- name: Collect
  hosts: all
  batch_size: 10
  tasks:
    - commands: show version
      on_result:
        - save: {path: "out/{{ host.name }}"}
"""
THREE = PLAYBOOK.replace("commands: show version", "commands: [show ip route, show version, show interfaces]").replace(
    "name }}", "name }}-{{ command | slug }}"
)


def main(rounds: int = 3) -> None:
    """Print both comparisons."""
    small, large = memory(100), memory(1_000)
    say(f"200 kB from each of 100 devices: {shown(small)}; of 1,000: {shown(large)}; memory {large.memory / small.memory:.2f} times")
    with_record, without = [], []
    with tempfile.TemporaryDirectory() as name, Fleet(Device.fleet(200)) as fleet:
        folder = laid_out(Path(name), fleet, THREE)
        for number in range(1, rounds + 1):
            with_record.append(run(folder))
            without.append(run(folder, "--no-record"))
            say(f"round {number}: 200 devices, three commands: on record {shown(with_record[-1])}   without {shown(without[-1])}")
    own, other = (Cost(*map(statistics.median, zip(*costs, strict=True))) for costs in (with_record, without))
    say(f"medians: on record {shown(own)}   without {shown(other)}; the record costs {100 * (own.wall / other.wall - 1):.0f} % of the time")


def memory(devices: int) -> Cost:
    """What collecting a big output from each costs."""
    with tempfile.TemporaryDirectory() as name, Fleet(Device.fleet(devices, faults=Faults(flood=BIG))) as fleet:
        return run(laid_out(Path(name), fleet, PLAYBOOK))


def laid_out(folder: Path, fleet: Fleet, playbook: str) -> Path:
    """The folder with inventory and playbook in it."""
    fleet.write_inventory(folder / "inventory")
    (folder / "play.yaml").write_text(playbook, encoding="utf-8")
    return folder


def run(folder: Path, *options: str) -> Cost:
    """One run of it, with a store of its own."""
    store = folder / "state" / "jobs.db"
    return measured([sys.executable, "-m", "runner", "run", "play.yaml", "--store", str(store), *options], folder, quiet=True)


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, flush=True)  # noqa: T201  # a script


if __name__ == "__main__":
    main()
