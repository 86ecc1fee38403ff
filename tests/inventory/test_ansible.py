"""An Ansible inventory becomes ours: every host keeps its variables, and what cannot be taken over is told with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.inventory.ansible import read_ansible
from runner.inventory.ansible_convert import Converted, convert
from runner.inventory.load import load_inventory
from runner.inventory.model import Device, Inventory
from runner.jobs.new_project import converted_files, write_files
from runner.settings.load import load_settings

Files = dict[str, str]


def laid_out(folder: Path, files: Files) -> Path:
    """The inventory: the folder of that name, else the only file."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / next(iter(files)).partition("/")[0]


def loaded(folder: Path, files: Files) -> Inventory:
    """What our own loader makes of the files that the conversion writes."""
    written, _ = converted_files(laid_out(folder / "ansible", files))
    write_files(folder / "ours", written)
    return load_inventory(folder / "ours" / "inventory", load_settings(flags={}, environ={}))


def notes(folder: Path, files: Files) -> list[str]:
    """What was said of the conversion, places as FILE:LINE."""
    converted: Converted = convert(read_ansible(laid_out(folder, files)))
    return [
        f"{Path(note.where.file).name}:{note.where.line} {note.message}" if note.where else note.message.replace(str(folder), "")
        for note in converted.notes
    ]


INI = """\
lonely ansible_host=192.0.2.9   # in no group

[core]
r[1:3] ansible_user=admin
r3 rack="B 12" units=4 ok=True
[access]
sw-[a:c]
edge[08:10].example.net:2022
[ams:children]
core
access
[ams:vars]
site=ams
ntp=["192.0.2.1", "192.0.2.2"]
[all:vars]
ansible_network_os=cisco.ios.ios
ansible_connection=ansible.netcommon.network_cli
site=nowhere
"""


def test_ini_hosts_ranges_groups_and_values(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, {"hosts": INI})
    assert list(inventory.devices) == [
        "lonely", "r1", "r2", "r3", "sw-a", "sw-b", "sw-c", "edge08.example.net", "edge09.example.net", "edge10.example.net",
    ]  # fmt: skip
    assert inventory.groups == {"core": ("r1", "r2", "r3"), "access": tuple(inventory.devices)[4:], "ams": tuple(inventory.devices)[1:]}
    r3 = inventory.devices["r3"]
    assert (r3.username, r3.platform, r3.hostname, r3.port) == ("admin", "cisco_ios", "r3", 22)
    assert r3.data == {"rack": "B 12", "units": 4, "ok": True, "site": "ams", "ntp": ["192.0.2.1", "192.0.2.2"]}
    assert inventory.devices["edge09.example.net"].port == 2022
    assert (inventory.devices["lonely"].hostname, inventory.devices["lonely"].data) == ("192.0.2.9", {"site": "nowhere"})


YAML = """\
all:
  vars: {site: nowhere, keep: yes, version: '15.10', time: 1:30, day: 2026-11-24}
  children:
    leaf:
      hosts:
        l[1:2]: {ansible_host: 192.0.2.1}
        l3: {ansible_port: 8022}
      vars:
        site: ams
    top:
      children: {leaf: }
      vars: {site: eu, region: eu}
"""


def test_yaml_values_keep_the_meaning_they_have_in_ansible(tmp_path: Path) -> None:
    device = loaded(tmp_path, {"hosts.yaml": YAML}).devices["l3"]
    assert device.data == {"site": "ams", "region": "eu", "keep": True, "version": "15.10", "time": 90, "day": "2026-11-24"}
    assert (device.port, device.groups) == (8022, ("leaf", "top"))


def test_texts_that_our_yaml_reads_otherwise_stay_texts(tmp_path: Path) -> None:
    words = ["1e3", "0o17", "yes", "0123", "1:30", "null", "~", ".inf", "", "a: b", "- x", "é", "two\nlines\n", " spaces ", "#", "true"]
    text = json.dumps({"core": {"hosts": {"h": {"words": words}}}})
    assert loaded(tmp_path, {"hosts.yaml": text}).devices["h"].data["words"] == words


LISTING = """\
{"_meta": {"hostvars": {"r1": {"ansible_host": "192.0.2.1", "rack": 4}}},
 "all": {"children": ["ungrouped", "core"]}, "core": {"hosts": ["r1", "r2"], "vars": {"role": "core"}}, "old": ["r2"]}
"""


@pytest.mark.parametrize("name", ["x.json", "inventory"])
def test_the_output_of_ansible_inventory_is_accepted(tmp_path: Path, name: str) -> None:
    inventory = loaded(tmp_path, {name: LISTING})
    assert (inventory.devices["r1"].hostname, inventory.devices["r1"].data) == ("192.0.2.1", {"role": "core", "rack": 4})
    assert inventory.groups == {"core": ("r1", "r2"), "old": ("r2",)}


PRECEDENCE: dict[str, tuple[Files, dict[str, Any]]] = {
    "a child group before its parent, that before all": (
        {"h": "[a]\nr1\n[p:children]\na\n[a:vars]\nx=a\n[p:vars]\nx=p\ny=p\n[all:vars]\nx=all\ny=all\nz=all\n"},
        {"x": "a", "y": "p", "z": "all"},
    ),
    "the host before all of them": ({"h": "[a]\nr1 x=host\n[a:vars]\nx=a\n"}, {"x": "host"}),
    "of groups side by side the last in the alphabet": (
        {"h": "[b]\nr1\n[c]\nr1\n[a]\nr1\n[a:vars]\nx=a\n[c:vars]\nx=c\n"},
        {"x": "c"},
    ),
    "unless a priority says otherwise": (
        {"h": "[a]\nr1\n[b]\nr1\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n"},
        {"x": "a"},
    ),
    "a deeper group before one that stands higher, whatever their names": (
        {"h": "[z]\nr1\n[a]\nr1\n[p:children]\na\n[z:vars]\nx=z\n[a:vars]\nx=a\n"},
        {"x": "a"},
    ),
    "a parent of one before a sibling that is less deep": (
        {"h": "[z]\nr1\n[a]\nr1\n[m:children]\na\n[n:children]\nm\n[z:vars]\nx=z\n[m:vars]\nx=m\n"},
        {"x": "m"},
    ),
    "group_vars/all before what the inventory says of a group": (
        {"h/hosts": "[a]\nr1\n[a:vars]\nx=a\ny=a\n", "h/group_vars/all.yml": "x: everyone\n"},
        {"x": "everyone", "y": "a"},
    ),
    "group_vars of a group before group_vars/all": (
        {"h/hosts": "[a]\nr1\n", "h/group_vars/all.yml": "x: everyone\n", "h/group_vars/a/one.yml": "x: a\n"},
        {"x": "a"},
    ),
    "host_vars before the host's line": ({"h/hosts": "r1 x=line\n", "h/host_vars/r1.yaml": "x: file\n"}, {"x": "file"}),
    "group_vars beside a file": ({"hosts.ini": "[a]\nr1\n", "group_vars/a": "x: a\n", "host_vars/r1.json": '{"y": 1}'}, {"x": "a", "y": 1}),
    "of several files the last": ({"h/1": "[a]\nr1\n[a:vars]\nx=1\n", "h/2.yml": "a: {vars: {x: 2}}\n"}, {"x": 2}),
    "a mapping is replaced and not merged": (
        {"h/hosts": "[a]\nr1\n", "h/group_vars/all.yml": "m: {a: 1, b: 2}\n", "h/group_vars/a.yml": "m: {b: 3}\n"},
        {"m": {"b": 3}},
    ),
    "the variables of ungrouped": ({"h": "r1\n[a]\nr2\n[ungrouped:vars]\nx=u\n"}, {"x": "u"}),
}


@pytest.mark.parametrize(("files", "expected"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_a_host_has_the_values_that_ansible_gives_it(tmp_path: Path, files: Files, expected: dict[str, Any]) -> None:
    device: Device = loaded(tmp_path, files).devices["r1"]
    assert dict(device.data) == expected


SAID: dict[str, tuple[Files, list[str]]] = {
    "a password in plain text": ({"h": "r1 ansible_password=hunter2\n"}, ["h:1 ansible_password is in plain text: it was not copied"]),
    "a vault value": (
        {"h.yml": "a:\n  hosts:\n    r1:\n      x: !vault |\n        $ANSIBLE_VAULT;1.1\n        6\n      ansible_become_pass: !vault x\n"},
        [
            "h.yml:4 'x' is sealed by Ansible's vault and was left out",
            "h.yml:7 ansible_become_password is sealed by Ansible's vault: it was not copied",
        ],
    ),
    "a vault file": (
        {"h/hosts": "[a]\nr1\n", "h/group_vars/a.yml": "$ANSIBLE_VAULT;1.1;AES256\n61\n"},
        ["a.yml:1 the whole file is encrypted by Ansible's vault"],
    ),
    "a template": ({"h": "r1 x='{{ y }}'\n"}, ["h:1 'x' is a template and was kept as text"]),
    "a template for an address": (
        {"h": "r1 ansible_host='{{ inventory_hostname }}.x'\n"},
        ["h:1 ansible_host is a template, which nothing in our inventory is"],
    ),
    "another connection": (
        {"h": "r1 ansible_connection=httpapi\n"},
        ["h:1 ansible_connection 'httpapi' is not SSH to a command line, which is all that is spoken here"],
    ),
    "an unknown platform": ({"h": "r1 ansible_network_os=x.y.z\n"}, ["h:1 ansible_network_os 'x.y.z' is none whose platform is known"]),
    "a key file": (
        {"h": "r1 ansible_ssh_private_key_file=~/.ssh/k\n"},
        ["h:1 ansible_ssh_private_key_file was left out: no file is read because an inventory says so"],
    ),
    "a jump host from elsewhere": (
        {"h": "r1 ansible_ssh_common_args='-o ProxyJump=u@bastion'\n"},
        ["h:1 the jump host u@bastion is no host of the inventory"],
    ),
    "variables of nobody": ({"h/hosts": "r1\n", "h/group_vars/b.yml": "x: 1\n"}, ["/h/group_vars/b: there is no group 'b'"]),
    "the same on many hosts, once": (
        {"h": "".join(f"r{number} ansible_network_os=z\n" for number in range(9))},
        ["h:1 ansible_network_os 'z' is none whose platform is known; also at H:2, H:3 and 6 more"],
    ),
    "a name of a host that is no name of a file": ({"h.yml": "a: {hosts: {x/y: , r1: }}\n"}, [
        "host 'x/y' was left out: its name holds a slash, which would lead its files elsewhere",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), SAID.values(), ids=SAID)
def test_what_cannot_be_taken_over_is_told(tmp_path: Path, files: Files, expected: list[str]) -> None:
    assert [note.replace(str(tmp_path / "h"), "H") for note in notes(tmp_path, files)] == expected
