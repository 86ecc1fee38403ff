"""F51: two jobs in one process want the same devices; judged by what the devices counted and by what each job was answered."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from runner.events import Event, TaskFinished
from runner.execution.control import Control
from runner.job import Start
from runner.jobs.prepare import read_and_plan
from runner.jobs.ready import job_of
from runner.jobs.recording import Recorder
from runner.jobs.run import run_job
from runner.lab import Faults
from runner.settings.load import load_settings
from runner.store.store import Store
from tests.conftest import MakeFleet

PLAY = "- hosts: all\n  batch_size: 0\n  tasks:\n    - commands: [show version, show running-config]\n"
HOSTS = 6


def run(folder: Path, store: Store, told: list[Event], codes: list[int | None]) -> None:
    """One job from its plan to its end."""
    settings = load_settings(flags={"inventory": folder / "inventory", "output_dir": folder}, environ={}, project=folder)
    planned = read_and_plan(folder / "play.yaml", settings)
    job = job_of(planned, ask_pass=None, ask_enable=None, ask_host_key=None)
    record = run_job(replace(job, recorder=Recorder(store=store, start=Start(playbook="play.yaml"))), lambda *_: [told.append], Control())
    codes.append(record.exit_code)
    record.close()


def test_f51_two_jobs_of_one_process_take_turns_and_their_outputs_never_mix(tmp_path: Path, make_fleet: MakeFleet) -> None:
    fleet = make_fleet(HOSTS, faults=Faults(slow=0.1))
    fleet.write_inventory(tmp_path / "inventory")
    (tmp_path / "play.yaml").write_text(PLAY)
    told: list[Event] = []
    codes: list[int | None] = []
    with Store.at(str(tmp_path / "jobs.db")) as store:
        jobs = [threading.Thread(target=run, args=(tmp_path, store, told, codes)) for _ in range(3)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join(120)
    assert codes == [0, 0, 0]
    assert [(fleet.counters(f"r{n}").peak, fleet.counters(f"r{n}").total) for n in range(1, HOSTS + 1)] == [(1, 3)] * HOSTS
    outputs = [(event.host, result.output) for event in told if isinstance(event, TaskFinished) for result in event.results]
    assert len(outputs) == 3 * 2 * HOSTS
    for host, output in outputs:
        assert f"{host} uptime" in output or f"hostname {host}\n" in output
