"""`nornir-playbook init`: a project that works at once, a conversion that says what it left, and no file of the user's touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project

FILES = [
    "inventory/defaults.yaml",
    "inventory/groups.yaml",
    "inventory/hosts.yaml",
    "nornir-playbook.toml",
    "playbook.schema.json",
    "playbooks/first.yaml",
]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_new_project_can_be_planned_at_once(project: Project) -> None:
    made = project.run("init", "new net")
    assert made.code == 0 and files(project.folder / "new net") == FILES
    assert "cd 'new net'" in made.stderr and "nornir-playbook plan playbooks/first.yaml" in made.stderr
    assert "export ROUTER_PASSWORD=..." in made.stderr
    assert "docs/inventory.md" in (project.folder / "new net/inventory/hosts.yaml").read_text()
    planned = project.run("plan", "new net/playbooks/first.yaml")
    assert (planned.code, planned.stderr) == (0, "") and "commands" in planned.stdout
    first = (project.folder / "new net/playbooks/first.yaml").read_text()
    assert first.startswith("# yaml-language-server: $schema=../playbook.schema.json\n")
    assert project.run("schema").stdout == (project.folder / "new net/playbook.schema.json").read_text()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_exists_is_refused_by_name_and_nothing_is_written(project: Project, name: str) -> None:
    project.write(f"net/{name}", "mine\n")
    done = project.run("init", "net")
    assert done.code == 3 and f"net/{name}:1:1 this file exists already" in done.stderr
    assert files(project.folder / "net") == [name] and (project.folder / "net" / name).read_text() == "mine\n"


def test_a_link_that_leads_nowhere_is_not_written_through(project: Project) -> None:
    (project.folder / "net").mkdir()
    (project.folder / "net/nornir-playbook.toml").symlink_to(project.folder / "elsewhere")
    assert project.run("init", "net").code == 3 and not (project.folder / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_is_an_error_and_no_traceback(project: Project) -> None:
    project.write("file", "")
    done = project.run("init", "file/net")
    assert done.code == 3 and "cannot write file/net/inventory/hosts.yaml" in done.stderr


INVENTORY = """\
[core]
r[1:2] ansible_user=ops ansible_password=CANARY
[core:vars]
ansible_network_os=cisco.ios.ios
ansible_connection=httpapi
greeting="hello {{ inventory_hostname }}"
"""


def test_a_conversion_says_what_it_made_and_each_thing_it_could_not(project: Project) -> None:
    project.write("ansible/hosts", INVENTORY)
    done = project.run("init", "net", "--from-ansible", "ansible")
    assert done.code == 0 and "2 hosts, 1 group converted; 3 things to look at above" in done.stdout
    assert "  export R1_PASSWORD=... R2_PASSWORD=...\n" in done.stderr and "ROUTER_PASSWORD" not in done.stderr
    assert "password: env:R1_PASSWORD" in (project.folder / "net/inventory/hosts.yaml").read_text()
    for place in ("2:1 ansible_password", "5:1 ansible_connection 'httpapi'", "6:1 'greeting' is a template"):
        assert f"warning: ansible/hosts:{place}" in done.stderr
    assert "`password: env:NAME` was written: set that variable" in done.stderr
    assert not any("CANARY" in path.read_text() for path in (project.folder / "net").rglob("*.*") if path.is_file())
    shown = project.run("hosts", "-i", "net/inventory")
    assert (shown.code, shown.stdout) == (0, "r1  r1:22  cisco_ios     core\nr2  r2:22  cisco_ios     core\n")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("r1 ansible_password=x\n", "export R1_PASSWORD=..."),
        ("r1 ansible_become_password=y\n[all:vars]\nansible_password=x\n", "export ROUTER_PASSWORD=... R1_SECRET=..."),
        ("r[1:9] ansible_password=x\n", "export R1_PASSWORD=... R2_PASSWORD=... R3_PASSWORD=... R4_PASSWORD=...  # and 5 more"),
    ],
    ids=["another name", "two kinds", "many"],
)
def test_a_conversion_names_the_variables_that_logging_in_needs(project: Project, text: str, step: str) -> None:
    project.write("hosts", text)
    assert f"  {step}\n" in project.run("init", "net", "--from-ansible", "hosts").stderr


def test_a_conversion_without_passwords_names_no_variable(project: Project) -> None:
    project.write("hosts", "r1\n")
    assert "export" not in project.run("init", "net", "--from-ansible", "hosts").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#!/bin/sh\ntouch ran\n", "hosts:1:1 this inventory is a program, and programs are not run"),
        ("[core]\n", "has no hosts"),
        ("r1 x\n", "hosts:1:1 variables of a host are written name=value"),
    ],
    ids=["a program", "no hosts", "no inventory"],
)
def test_an_inventory_that_cannot_be_converted_leaves_nothing_behind(project: Project, text: str, said: str) -> None:
    path = project.write("hosts", text)
    path.chmod(0o755)
    done = project.run("init", "net", "--from-ansible", "hosts")
    assert done.code == 3 and said in done.stderr
    assert not (project.folder / "net").exists() and not (project.folder / "ran").exists()
