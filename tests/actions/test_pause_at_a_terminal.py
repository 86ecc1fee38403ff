"""`pause` as the person at the terminal meets it: asked once for each batch, and the answer `stop` ends the run."""

from __future__ import annotations

from tests.project import COMMAND, Project
from tests.user.person import Person

PLAY = "- hosts: all\n  batch_size: 2\n  tasks:\n    - commands: show clock\n    - pause: Is it well?\n    - commands: show version\n"


def test_each_batch_asks_once(project: Project) -> None:
    fleet = project.fleet(4)
    project.write("x.yaml", PLAY)
    with Person([*COMMAND, "run", "x.yaml"], folder=project.folder, environment=project.environment()) as person:
        for times in (1, 2):
            person.sees("type 'stop' to end the run: ", times)
            assert "show version" not in fleet.log(f"r{2 * times}")
            person.types("\n")
        assert person.leaves() == 0, person.text
        assert person.text.count("Is it well?") == 2
    assert all("show version" in fleet.log(f"r{number}") for number in (1, 2, 3, 4))


def test_stop_ends_the_run(project: Project) -> None:
    fleet = project.fleet(4)
    project.write("x.yaml", PLAY)
    with Person([*COMMAND, "run", "x.yaml"], folder=project.folder, environment=project.environment()) as person:
        person.sees("type 'stop' to end the run: ")
        person.types("stop\n")
        assert person.leaves() == 7, person.text
        assert "Traceback" not in person.text and "a person answered 'stop'" in person.text
    assert not any("show version" in fleet.log(f"r{number}") for number in (1, 2))
    assert fleet.counters("r3").total == 0
