"""What is no Ansible inventory that can be converted is refused with its place, and nothing in it is run or followed without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from runner.inventory.ansible import read_ansible
from runner.inventory.ansible_convert import convert
from tests.inventory.test_ansible import laid_out, loaded

REFUSED = {
    "a program": ({"h": "#!/bin/sh\ntouch {folder}/ran\n"}, "h:1:1 this inventory is a program, and programs are not run"),
    "an inventory plugin": ({"h.yml": "\nplugin: netbox.netbox.nb_inventory\n"}, "h.yml:2:1 this file configures the inventory plugin"),
    "a vault": ({"h": "$ANSIBLE_VAULT;1.1;AES256\n6162\n"}, "h:1:1 this file is encrypted"),
    "a line that is no host": ({"h": "[a]\nr1 rack\n"}, "h:2:1 variables of a host are written name=value, and 'rack' has no '='"),
    "a quote that does not end": ({"h": "r1 x='a\n"}, "h:1:1 this line cannot be taken apart: No closing quotation"),
    "an unknown kind of section": ({"h": "[a:childs]\nr1\n"}, "h:1:1 section [a:childs] is of no known kind"),
    "a variable without a value": ({"h": "[a:vars]\nx\n"}, "h:2:1 a variable is written name=value"),
    "a range backwards": ({"h": "r[3:1]\n"}, "h:1:1 the range [3:1] is empty"),
    "a section without end": ({"h": "[a\nr1\n"}, "h:1:1 '[a' begins like a section and is none; a section is [name], "),
    "a section of two words": ({"h": "r1\n[a b]\n"}, "h:2:1 '[a b]' begins like a section and is none"),
    "a range without end": ({"h": "r[0:99999999999]\n"}, "h:1:1 the range [0:99999999999] stands for too many hosts"),
    "groups in a circle": ({"h": "[a:children]\nb\n[b:children]\na\n"}, "h:4:1 groups go round in a circle: a -> b -> a"),
    "a group that is no mapping": ({"h.yml": "a:\n  children:\n    b: 3\n"}, "h.yml:3:1 the group 'b' must be a mapping"),
    "no YAML": ({"h.yml": "a: [\n"}, "h.yml:2:1 "),
    "a list": ({"h.yml": "- r1\n"}, "h.yml:1:1 this is no inventory: it maps no groups"),
    "an empty folder": ({"h/README.md": "# hi\n"}, "no Ansible inventory at "),
    "aliases without end": (
        {"h.yml": "a0: &a0 {hosts: {r1: }}\n" + "".join(f"a{n}: &a{n} {{vars: {{x: [{f'*a{n - 1},' * 9}]}}}}\n" for n in range(1, 9))},
        "h.yml holds more than 1,000,000 values once its aliases are followed",
    ),
    "a value that holds itself": ({"h.yml": "a: {hosts: {r1: &x {y: [*x]}}}\n"}, "h.yml holds more than 1,000,000 values"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    path = laid_out(tmp_path, {name: text.replace("{folder}", str(tmp_path)) for name, text in files.items()})
    path.chmod(0o755)
    with pytest.raises(InputError) as caught:
        convert(read_ansible(path))
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(expected)
    assert not (tmp_path / "ran").exists()


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        read_ansible(tmp_path / "none")


LOGINS = """\
[bastions]
bastion ansible_host=198.51.100.5
[core]
r1 ansible_ssh_user=ops ansible_ssh_pass=CANARY-1 ansible_become_pass="{{ lookup('env', 'ENABLE') }}"
r2
[core:vars]
ansible_ssh_common_args='-o ProxyJump=jump@198.51.100.5:22 -o ServerAliveInterval=5'
ansible_password=CANARY-2
[all:vars]
ansible_password=CANARY-3
"""


def test_passwords_are_not_copied_and_jump_hosts_are_found_by_name_or_address(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, {"hosts": LOGINS})
    r1, r2, bastion = (inventory.devices[name] for name in ("r1", "r2", "bastion"))
    assert (r1.username, r1.jump_host, r2.jump_host, bastion.jump_host) == ("ops", "bastion", "bastion", None)
    assert [str(reference) for reference in r1.login.secret] == ["env:ENABLE"]
    assert [str(each.login.password[0]) for each in (r1, r2, bastion)] == ["env:R1_PASSWORD", "env:CORE_PASSWORD", "env:ROUTER_PASSWORD"]
    assert not any("CANARY" in path.read_text() for path in (tmp_path / "ours").rglob("*.*") if path.is_file())
