"""Ten thousand hosts: our whole `plan` against Nornir's own loader alone, in one sitting. Run by `make bench-inventory`.

Each time a fresh process; the two take turns, so that a busy machine slows both. What counts is the ratio of the medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HOSTS, GROUPS = 10_000, 50
PLAYBOOK = """\
- name: Audit
  hosts: all
  vars: {words: "include {{ serial }}"}
  tasks:
    - name: Routes
      commands: show ip route {{ host.rack }}
    - name: Serial number
      commands: [show version, "show inventory | {{ words }}"]
      when: asn > 65000
    - name: Neighbours
      commands: show ip ospf neighbor {{ inventory_hostname }}
"""
OURS = [sys.executable, "-m", "runner", "plan", "playbooks/audit.yaml"]
THEIRS = [
    sys.executable,
    "-c",
    "import time\n"
    "begin = time.perf_counter()\n"
    "from nornir.plugins.inventory.simple import SimpleInventory\n"
    "files = [f'inventory/{name}.yaml' for name in ('hosts', 'groups', 'defaults')]\n"
    f"assert len(SimpleInventory(*files).load().hosts) == {HOSTS}\n"
    "print(time.perf_counter() - begin)\n",
]


class Cost(NamedTuple):
    """Seconds on the clock and of the processor, and the largest memory in MB."""

    wall: float
    cpu: float
    memory: float


def main(rounds: int = 5) -> None:
    """Print each round and the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder)
        ours, theirs = [], []
        for number in range(1, rounds + 1):
            ours.append(measured(OURS, folder))
            theirs.append(measured(THEIRS, folder, own_clock=True))
            print(f"round {number}: plan {shown(ours[-1])}   SimpleInventory alone {shown(theirs[-1])}")  # noqa: T201  # a script
    own, other = (Cost(*map(statistics.median, zip(*costs, strict=True))) for costs in (ours, theirs))
    print(f"medians: plan {shown(own)}   SimpleInventory alone {shown(other)}")  # noqa: T201  # a script
    print(f"ratio: {own.wall / other.wall:.2f} on the clock, {own.cpu / other.cpu:.2f} of the processor")  # noqa: T201  # a script


def lay_out(folder: Path) -> None:
    """Write the inventory and the playbook."""
    hosts = (
        f"r{n:05}:\n  hostname: 10.{n >> 16}.{n >> 8 & 255}.{n & 255}\n  groups:\n    - site{n % GROUPS:02}\n"
        f"  data:\n    rack: B{n % 40}\n    serial: SN{n:06}\n    asn: {65000 + n % 500}\n"
        for n in range(HOSTS)
    )
    groups = (f"site{n:02}:\n  data:\n    site: s{n}\n    ntp: [192.0.2.1, 192.0.2.2]\n" for n in range(GROUPS))
    (folder / "inventory").mkdir()
    (folder / "inventory/hosts.yaml").write_text("".join(hosts), encoding="utf-8")
    (folder / "inventory/groups.yaml").write_text("".join(groups), encoding="utf-8")
    (folder / "inventory/defaults.yaml").write_text(
        "platform: cisco_ios\nusername: netops\ndata: {domain: example.net}\n", encoding="utf-8"
    )
    (folder / "playbooks").mkdir()
    (folder / "playbooks/audit.yaml").write_text(PLAYBOOK, encoding="utf-8")


def measured(command: list[str], folder: Path, *, own_clock: bool = False, quiet: bool = False) -> Cost:
    """Run a command to its end; with `own_clock` it measures itself, without Python's start; with `quiet` no progress is shown."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    begin = time.perf_counter()
    told = subprocess.DEVNULL if quiet else None
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=told, text=True) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = float(output) if own_clock else time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def shown(cost: Cost) -> str:
    """As a person reads it."""
    return f"{cost.wall:6.2f} s ({cost.cpu:5.2f} s CPU, {cost.memory:4.0f} MB)"


if __name__ == "__main__":
    main()
