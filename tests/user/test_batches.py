"""S1-S4, S12, S18, S19: the batch size is the session ceiling, judged by the devices, and every device is processed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from runner.lab import Fleet
from tests.project import Project

PLAYBOOK = """
- name: audit
  hosts: all
  tasks:
    - name: clock
      commands: show clock
"""

ROWS = [
    (10, "10", [10]),
    (25, "10", [10, 10, 5]),
    (50, "10", [10, 10, 10, 10, 10]),
    (10, "0", [10]),
    (12, "25%", [3, 3, 3, 3]),
    (12, "1,3,50%", [1, 3, 6, 2]),
]


def spans(fleet: Fleet, batch: list[str]) -> tuple[float, float]:
    """When a batch's first session was opened and its last one was closed, by the devices' clock."""
    sessions = [session for host in batch for session in fleet.sessions(host)]
    assert all(session.closed_at is not None for session in sessions)
    return min(session.opened_at for session in sessions), max(session.closed_at or 0 for session in sessions)


@pytest.mark.parametrize(("devices", "size", "expected"), ROWS, ids=lambda value: str(value))
def test_f01_batches_at_the_devices(project: Project, devices: int, size: str, expected: list[int]) -> None:
    fleet = project.fleet(devices)
    project.write("audit.yaml", PLAYBOOK)
    run = project.run("run", "audit.yaml", "-b", size, "--format", "json")
    assert run.code == 0, run.stderr
    batches = [batch["device_ids"] for batch in run.json["batches"]]
    assert [len(batch) for batch in batches] == expected
    assert fleet.wait_idle()
    counters = fleet.counters()
    assert counters.peak <= max(expected)
    assert counters.total == devices and counters.live == 0
    times = [spans(fleet, batch) for batch in batches]
    assert all(before[1] <= after[0] for before, after in pairwise(times)), "a batch overlaps the next"
    assert [fleet.log(f"r{n}").count("show clock") for n in range(1, devices + 1)] == [1] * devices


def test_the_default_batch_size_is_10_and_the_playbook_the_environment_and_the_flag_win_in_this_order(project: Project) -> None:
    project.fleet(12)
    project.write("audit.yaml", PLAYBOOK)
    project.write("own.yaml", PLAYBOOK.replace("hosts: all", "hosts: all\n  batch_size: 6"))

    def sizes(*arguments: str, env: dict[str, str] | None = None) -> list[int]:
        plan = project.run("plan", *arguments, "--format", "json", env=env).json
        return [batch["batch_size"] for play in plan["plays"] for batch in play["batches"]]

    assert sizes("audit.yaml") == [10, 2]
    assert sizes("own.yaml") == [6, 6]
    assert sizes("own.yaml", env={"NORNIR_PLAYBOOK_BATCH_SIZE": "4"}) == [4, 4, 4]
    assert sizes("own.yaml", "-b", "5", env={"NORNIR_PLAYBOOK_BATCH_SIZE": "4"}) == [5, 5, 2]
    project.write("nornir-playbook.toml", "batch_size = 3\n")
    assert sizes("audit.yaml") == [3, 3, 3, 3]
    assert sizes("own.yaml") == [6, 6]


def test_s6_s7_the_record_has_exactly_these_fields(project: Project) -> None:
    project.fleet(3)
    project.write("audit.yaml", PLAYBOOK)
    job = project.run("run", "audit.yaml", "-b", "2", "--format", "json").json
    assert {"id", "status", "total_devices", "batch_size", "current_batch", "total_batches", "batches", "results", "recap"} <= job.keys()
    assert (job["status"], job["total_devices"], job["batch_size"], job["current_batch"], job["total_batches"]) == ("completed", 3, 2, 2, 2)
    first = job["batches"][0]
    assert {
        "batch_number",
        "device_ids",
        "status",
        "start_time",
        "end_time",
        "duration_seconds",
        "play",
        "batch_size",
        "counts",
    } <= first.keys()
    assert (first["batch_number"], first["device_ids"], first["status"]) == (1, ["r1", "r2"], "completed")
    host = job["results"]["r3"]
    assert (host["status"], host["batch_number"]) == ("ok", 2)
    task = host["tasks"][0]
    assert (task["name"], task["action"], task["status"], task["changed"]) == ("clock", "commands", "ok", False)
    assert task["results"][0]["command"] == "show clock" and "UTC" in task["results"][0]["output"]
