"""F41 judged by the devices: a job is cut at every event, gone on with, and the lab's log shows each line of configuration once."""

from __future__ import annotations

import threading
from pathlib import Path

from runner.lab import Fleet
from runner.secret import Secret
from runner.states import HostStatus
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.conftest import MakeFleet
from tests.execution.parts import Parts

LINES = ["interface Loopback0", "description from a job", "ntp server 172.16.0.9"]
PLAYBOOK = """
- hosts: all
  batch_size: 1
  tasks:
    - {name: look, commands: show clock}
    - name: set
      config: {lines: [interface Loopback0, description from a job], save: never}
      verify: {commands: show running-config, that: "'description from a job' in output"}
    - name: each
      config: {lines: ["ntp server 172.16.0.{{ item }}"], save: never}
      loop: [9]
      verify: {commands: show running-config, that: "'ntp server 172.16.0.' ~ item in output"}
"""


def sessions(fleet: Fleet, folder: Path) -> HostKeys:
    known = folder / "known_hosts"
    known.write_text(fleet.known_hosts())
    return HostKeys("strict", (known,))


def test_f41_every_line_is_sent_once_wherever_the_job_was_cut(tmp_path: Path, make_fleet: MakeFleet) -> None:
    number, doubtful, ended = 0, 0, False
    while not ended:
        fleet = make_fleet(1)
        keys = sessions(fleet, tmp_path)

        def connect(target: Target, fleet: Fleet = fleet, keys: HostKeys = keys) -> GuardedNetmiko:
            host, port = fleet.address(target.name)
            real = Target(name=target.name, hostname=host, port=port, username="admin", password=Secret("admin"), platform="cisco_ios")
            return GuardedNetmiko(real, Limits(connect=5.0, command=5.0, close=1.0), keys, threading.Event())

        job = Parts(tmp_path, PLAYBOOK, connect=connect, on_in_doubt="verify")
        ended = job.run(("before", number))
        doubtful += len(job.doubts())
        assert ended or job.run(), number
        with job.record() as record:
            assert record.hosts["r1"].status is HostStatus.CHANGED, number
            assert [task.status.value for task in record.hosts["r1"].tasks] == ["ok", "changed", "changed"]
        assert [line for line in fleet.log("r1") if line in LINES] == LINES, number
        number += 1
    assert number > 12 and doubtful == 2
