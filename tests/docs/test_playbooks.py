"""Every YAML block of the documentation is what it looks like: playbooks run on the lab, fragments plan, inventories load."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from runner.documents.load import parse
from runner.errors import InputError
from runner.inventory.load import load_inventory
from runner.jobs.prepare import Planned, read_and_plan
from runner.lab import Fleet
from runner.planning.registries import Registries
from runner.settings.load import load_settings
from tests.docs.pages import Block, blocks
from tests.project import Project

YAML = blocks("yaml")
REGISTRIES = Registries()
INVENTORY_FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml")


def kind(block: Block) -> str:
    """What a block shows; empty when nobody can say, which is an error of the page."""
    data = parse(block.text, file=block.place).data
    entries = data if isinstance(data, list) else []
    if "wrong on purpose" in block.mark:
        return "wrong"
    if entries and all(isinstance(each, dict) and "hosts" in each for each in entries):
        return "playbook"
    if entries and all(isinstance(each, dict) and set(each) & set(REGISTRIES.actions.names) for each in entries):
        return "tasks"
    if isinstance(data, dict) and set(data) == {"on_result"}:
        return "on_result"
    if isinstance(data, dict) and Path(block.file).name in INVENTORY_FILES:
        return "inventory"
    return "nornir" if isinstance(data, dict) and block.file == "config.yaml" else ""


def of_kind(*kinds: str) -> list[Any]:
    """The blocks of these kinds as parameters of a test."""
    return [pytest.param(block, id=block.place) for block in YAML if kind(block) in kinds]


def test_every_block_is_of_a_known_kind() -> None:
    assert not [block.place for block in YAML if not kind(block)]
    assert {kind(block) for block in YAML} == {"playbook", "tasks", "on_result", "inventory", "nornir", "wrong"}


@pytest.mark.parametrize("block", of_kind("playbook"))
def test_playbooks_run_on_the_lab(block: Block, project: Project, lab: Fleet) -> None:
    """A host may fail an `expect`, where the page says so; nothing may be wrong with the playbook itself."""
    project.write("playbooks/shown.yaml", block.text)
    run = project.run("run", "playbooks/shown.yaml", "--format", "json")
    expected = re.search(r"exit (\d)", block.mark)
    assert run.code == (int(expected[1]) if expected else 0), run.stderr
    assert run.json["handler_errors"] == [] and run.json["warnings"] == []


@pytest.mark.parametrize("block", of_kind("tasks", "on_result"))
def test_fragments_plan(block: Block, project: Project, lab: Fleet) -> None:
    """Tasks are put into a play, handlers into a task. Variables that the page leaves out may be missing, and nothing else."""
    play = "- hosts: all\n  tasks:\n"
    before, indent = (play, 4) if kind(block) == "tasks" else (f"{play}    - commands: show clock\n", 6)
    fragment = "".join(f"{' ' * indent}{line}\n" for line in block.text.splitlines())
    with pytest.raises(InputError) as raised:
        planned(before + fragment + "    - debug: '{{ the_end }}'\n", project)
    wrong = [str(problem) for problem in raised.value.problems if not problem.message.endswith("is undefined")]
    assert not wrong
    assert any("'the_end'" in problem.message for problem in raised.value.problems)


@pytest.mark.parametrize("page", sorted({block.page for block in YAML if kind(block) == "inventory"}), ids=lambda page: page.name)
def test_inventories_load(page: Any, project: Project) -> None:
    """The files of one page are one inventory."""
    shown = [block for block in YAML if block.page == page and kind(block) == "inventory"]
    for block in shown:
        project.write(block.file, block.text)
    [folder] = {block.file.rpartition("/")[0] for block in shown}
    inventory = load_inventory(project.folder / folder, load_settings(flags={}, environ={}))
    assert inventory.devices and not inventory.warnings
    assert all(device.platform for device in inventory.devices.values())


@pytest.mark.parametrize("block", of_kind("wrong"))
def test_what_is_wrong_on_purpose_is_wrong(block: Block, project: Project, lab: Fleet) -> None:
    with pytest.raises(InputError):
        planned(block.text, project)


def planned(text: str, project: Project) -> Planned:
    """The plan of a playbook's text, with the project's inventory. Raises InputError."""
    settings = load_settings(flags={"inventory": str(project.folder / "inventory")}, environ={})
    return read_and_plan(project.write("playbooks/shown.yaml", text), settings)
