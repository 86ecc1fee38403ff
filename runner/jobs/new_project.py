"""Makes the files of a new project; not one that exists is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from runner.documents.write import to_yaml
from runner.errors import InputError, Problem, Where
from runner.inventory.ansible import read_ansible
from runner.inventory.ansible_convert import Converted, convert
from runner.planning.registries import Registries
from runner.planning.schema import playbook_schema
from runner.settings.project import PROJECT_FILE

HOSTS = "inventory/hosts.yaml"
FIRST = "playbooks/first.yaml"

_SETTINGS = """\
# Settings of this project; `nornir-playbook config show` lists them all with their values.
batch_size = 10
"""
_HOSTS = """\
# A device each. `groups`, `data`, `port` and more: see docs/inventory.md in the repository of nornir-playbook,
# "name devices, log in, trust host keys".
rtr1:
  hostname: 192.0.2.1
  groups: [routers]
"""
_GROUPS = """\
routers:
  platform: cisco_ios
"""
_DEFAULTS = """\
username: admin
password: env:ROUTER_PASSWORD
"""
_FIRST = """\
# yaml-language-server: $schema=../playbook.schema.json
- name: First look
  hosts: all
  tasks:
    - name: Version
      commands: show version
      on_result:
        - save: "outputs/{{ inventory_hostname }}/version.txt"
"""


def new_files() -> dict[str, str]:
    """The files of a project with one example device, each with its text."""
    return {HOSTS: _HOSTS, "inventory/groups.yaml": _GROUPS, "inventory/defaults.yaml": _DEFAULTS, **_common()}


def converted_files(inventory: Path) -> tuple[dict[str, str], Converted]:
    """The files of a project with the hosts of an Ansible inventory, and what was converted. Raises InputError."""
    converted = convert(read_ansible(inventory))
    if not converted.hosts:
        raise InputError(f"the Ansible inventory {inventory} has no hosts", hint="name the file or folder that Ansible's -i names")
    comment = f"Converted from the Ansible inventory {inventory.name}; it is yours from here on."
    files = {HOSTS: to_yaml(dict(converted.hosts), comment)}
    for name, data in (("groups", converted.groups), ("defaults", converted.defaults)):
        files[f"inventory/{name}.yaml"] = to_yaml(dict(data), comment) if data else f"# {comment}\n"
    return {**files, **_common()}, converted


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write them all, or none where one exists already. Raises InputError, naming each that does, or what cannot be written."""
    there = [folder / name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        hint = "nothing was written: name another folder, or move the file away"
        raise InputError(
            Problem(message="this file exists already", where=Where(file=str(path), line=1, column=1), hint=hint) for path in there
        )
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}", hint="name a folder that you may write to") from None


def _common() -> dict[str, str]:
    schema = json.dumps(playbook_schema(Registries()), indent=2, ensure_ascii=True)
    return {PROJECT_FILE: _SETTINGS, FIRST: _FIRST, "playbook.schema.json": f"{schema}\n"}
