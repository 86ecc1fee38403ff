"""A job whose playbook has secrets goes on: what stands for one is another text in every plan, and that is no change."""

from __future__ import annotations

from runner.lab import Device, Faults
from tests.project import CANARY, Project
from tests.user.waiting import until

SECRET = "canary-of-this-job"
PLAYBOOK = """
- hosts: all
  batch_size: 1
  secrets: {community: "env:COMMUNITY"}
  vars: {said: "{{ community }} once"}
  tasks:
    - commands: show clock
    - config: {lines: ["snmp-server community {{ community }} RO"]}
"""


def test_it_goes_on_and_a_change_beside_the_secret_is_still_seen(project: Project) -> None:
    fleet = project.fleet([Device("r1", password=CANARY, faults=Faults(hang_at="command")), Device("r2", password=CANARY)])
    project.write("x.yaml", PLAYBOOK)
    env = {"COMMUNITY": SECRET}
    process = project.start("run", "x.yaml", "--yes", env=env)
    until(lambda: "show clock" in fleet.log("r1"), "r1 is asked")
    process.kill()
    process.communicate(timeout=20)
    fleet.set_faults("r1", Faults())
    project.write("x.yaml", PLAYBOOK.replace("once", "twice"))
    refused = project.run("resume", "last", "--yes", env=env)
    assert refused.code == 3 and "play 'play 1' has changed" in refused.stderr and fleet.counters().total == 1
    project.write("x.yaml", PLAYBOOK)
    resumed = project.run("resume", "last", "--yes", env=env)
    assert resumed.code == 0, resumed.stderr
    assert [fleet.config_lines(name) for name in ("r1", "r2")] == [(f"snmp-server community {SECRET} RO",)] * 2
