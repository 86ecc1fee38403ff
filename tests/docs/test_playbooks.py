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
from runner.planning.project_platforms import read_platforms
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
    if "only planned" in block.mark:
        return "planned"
    if entries and all(isinstance(each, dict) and "hosts" in each for each in entries):
        return "playbook"
    if entries and all(isinstance(each, dict) and set(each) & set(REGISTRIES.actions.names) for each in entries):
        return "tasks"
    if isinstance(data, dict) and set(data) == {"on_result"}:
        return "on_result"
    if block.file.startswith("ansible/"):
        return "ansible"  # which the walk through the page converts
    if isinstance(data, dict) and Path(block.file).name in INVENTORY_FILES:
        return "inventory"
    if isinstance(data, dict) and Path(block.file).name == "platforms.yaml":
        return "platforms"
    return "nornir" if isinstance(data, dict) and block.file == "config.yaml" else ""


def of_kind(*kinds: str) -> list[Any]:
    """The blocks of these kinds as parameters of a test."""
    return [pytest.param(block, id=block.place) for block in YAML if kind(block) in kinds]


def test_every_block_is_of_a_known_kind() -> None:
    assert not [block.place for block in YAML if not kind(block)]
    assert {kind(block) for block in YAML} == {
        "playbook",
        "planned",
        "tasks",
        "on_result",
        "inventory",
        "nornir",
        "platforms",
        "ansible",
        "wrong",
    }


@pytest.mark.parametrize("block", of_kind("playbook"))
def test_playbooks_run_on_the_lab(block: Block, project: Project, lab: Fleet) -> None:
    """A host may fail an `expect`, where the page says so; nothing may be wrong with the playbook itself.

    The page's modules for `plugins/` are there, and variables of the environment that it names before the block.
    """
    project.write("playbooks/shown.yaml", block.text)
    for module in blocks("python"):
        if module.page == block.page and module.file.startswith("plugins/"):
            project.write(f"playbooks/{module.file}", module.text)
    environment = dict(re.findall(r"(\w+)=(\S+)", block.mark))
    run = project.run("run", "playbooks/shown.yaml", "--format", "json", "--yes", env=environment)
    expected = re.search(r"exit (\d)", block.mark)
    assert run.code == (int(expected[1]) if expected else 0), run.stderr
    assert run.json["handler_errors"] == [] and run.json["warnings"] == []


@pytest.mark.parametrize("block", of_kind("tasks", "on_result"))
def test_fragments_plan(block: Block, project: Project, lab: Fleet) -> None:
    """Tasks are put into a play, handlers into a task. Variables that the page leaves out may be missing, and nothing else."""
    project.write("playbooks/templates/cisco_ios.j2", "ntp server 192.0.2.1\n")
    play = "- hosts: all\n  tasks:\n"
    before, indent = (play, 4) if kind(block) == "tasks" else (f"{play}    - commands: show clock\n", 6)
    fragment = "".join(f"{' ' * indent}{line}\n" for line in block.text.splitlines())
    with pytest.raises(InputError) as raised:
        planned(before + fragment + "    - debug: '{{ the_end }}'\n", project)
    wrong = [str(problem) for problem in raised.value.problems if not problem.message.endswith("is undefined")]
    assert not wrong
    assert any("'the_end'" in problem.message for problem in raised.value.problems)


@pytest.mark.parametrize("block", of_kind("planned"))
def test_playbooks_that_need_more_than_the_lab_plan(block: Block, project: Project, lab: Fleet) -> None:
    assert planned(block.text, project).plan.hosts


@pytest.mark.parametrize("block", of_kind("platforms"))
def test_platforms_are_read(block: Block, tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "platforms.yaml").write_text(block.text)
    platforms, problems = read_platforms(tmp_path)
    assert platforms.own and not problems


@pytest.mark.parametrize("page", sorted({block.page for block in YAML if kind(block) == "inventory"}), ids=lambda page: page.name)
def test_inventories_load(page: Any, project: Project) -> None:
    """The files of one folder of a page are one inventory."""
    shown = [block for block in YAML if block.page == page and kind(block) == "inventory"]
    for block in shown:
        project.write(block.file, block.text)
    for folder in {block.file.rpartition("/")[0] for block in shown}:
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
