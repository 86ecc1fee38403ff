"""Any Nornir inventory plugin works by configuration: it alone is loaded, and what it gives is checked like a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.inventory.load import load_inventory
from runner.inventory.model import Inventory
from runner.settings.load import load_settings
from tests.inventory.fleet import write

HOSTS = """\
r1: {hostname: 192.0.2.1, platform: ios, groups: [core], data: {site: ams}, password: p}
r2: {port: 2222, connection_options: {netmiko: {extras: {fast_cli: false}}}}
"""
GROUPS = "core: {username: u, groups: [world]}\nworld: {data: {a: 1}}\n"


def configured(project: Path, table: str, flags: Mapping[str, Any] | None = None) -> Inventory:
    (project / "nornir-playbook.toml").write_text(table, encoding="utf-8")
    return load_inventory(None, load_settings(flags=flags or {}, environ={}, project=project))


def test_the_yaml_inventory_of_nornir_utils_gives_what_our_own_reading_gives(tmp_path: Path) -> None:
    write(tmp_path, hosts=HOSTS, groups=GROUPS, defaults="data: {b: 2}")
    options = 'host_file = "hosts.yaml", group_file = "groups.yaml", defaults_file = "defaults.yaml"'
    theirs = configured(tmp_path, f'[inventory]\nplugin = "YAMLInventory"\noptions = {{ {options} }}\n')
    ours = configured(tmp_path, '[inventory]\npath = "."\n')
    assert theirs.groups == ours.groups
    for name, device in ours.devices.items():
        other = theirs.devices[name]
        assert (other.hostname, other.port, other.platform, other.groups, other.username) == (
            device.hostname,
            device.port,
            device.platform,
            device.groups,
            device.username,
        )
        assert (dict(other.data), dict(other.options)) == (dict(device.data), dict(device.options))


def test_hosts_alone_are_enough(tmp_path: Path) -> None:
    write(tmp_path, hosts="r1: {hostname: 192.0.2.1}\n")
    inventory = configured(
        tmp_path, '[inventory]\nplugin = "YAMLInventory"\noptions = { host_file = "hosts.yaml", group_file = "none.yaml" }\n'
    )
    assert inventory.devices["r1"].hostname == "192.0.2.1"


def test_nornirs_simple_inventory_is_read_by_us(tmp_path: Path) -> None:
    write(tmp_path, hosts="r1: {hostnme: a}\n")
    table = '[inventory]\nplugin = "SimpleInventory"\noptions = { host_file = "hosts.yaml" }\n'
    with pytest.raises(InputError, match=r"hosts\.yaml:1:6 unknown key 'hostnme'"):
        configured(tmp_path, table)
    with pytest.raises(InputError, match="unknown option 'hosts_file' of the inventory plugin SimpleInventory"):
        configured(tmp_path, table.replace("host_file", "hosts_file"))


def test_a_folder_named_in_a_stronger_place_outranks_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write(tmp_path / "other", hosts="from-flag: {}\n")
    inventory = configured(tmp_path, '[inventory]\nplugin = "NoSuchPlugin"\n', {"inventory": str(tmp_path / "other")})
    assert list(inventory.devices) == ["from-flag"]


def test_what_a_plugin_gives_is_checked_too(tmp_path: Path) -> None:
    hosts = "../x: {}\nr1: {connection_options: {netmiko: {extras: {ssh_config_file: x}}}}\nr2: {port: 99999}\n"
    write(tmp_path, hosts=hosts)
    with pytest.raises(InputError) as caught:
        configured(tmp_path, '[inventory]\nplugin = "YAMLInventory"\noptions = { host_file = "hosts.yaml" }\n')
    assert [problem.message for problem in caught.value.problems] == [
        "host ../x: host name '../x' holds a slash, which would lead its files elsewhere",
        "host r1.connection_options.netmiko.extras.ssh_config_file: 'ssh_config_file' cannot be set in an inventory",
        "host r2.port: 'port' must be a number from 1 to 65535",
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('plugin = "YAMLInventry"', "no inventory plugin 'YAMLInventry' is installed (did you mean 'YAMLInventory'?)"),
        ('plugin = "YAMLInventory"\noptions = { host_file = "no.yaml" }', "the inventory plugin 'YAMLInventory' failed: FileNotFoundError"),
        ('plugin = "YAMLInventory"\noptions = { hosts = "x" }', "the inventory plugin 'YAMLInventory' failed: TypeError"),
    ],
)
def test_a_plugin_that_fails_is_named_with_its_cause(tmp_path: Path, table: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        configured(tmp_path, f"[inventory]\n{table}\n")
    assert str(caught.value).startswith(expected)


def test_f29_a_broken_plugin_beside_the_named_one_does_no_harm(tmp_path: Path) -> None:
    """A package whose plugin cannot be imported: only naming it fails, and then it is named."""
    package = tmp_path / "site" / "broken_plugin-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plugin\nVersion: 1.0\n", encoding="utf-8")
    (package / "entry_points.txt").write_text("[nornir.plugins.inventory]\nBroken = no_such_module:Inventory\n", encoding="utf-8")
    write(tmp_path, hosts="r1: {}\n")
    script = (
        "import sys\nfrom runner.inventory.plugin import read_plugin\nfrom runner.errors import InputError\n"
        "print(sorted(read_plugin('YAMLInventory', {'host_file': sys.argv[1]}).hosts.data))\n"
        "try: read_plugin('Broken', {})\nexcept InputError as error: print(error)\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(Path.cwd())])}
    arguments = [sys.executable, "-c", script, str(tmp_path / "hosts.yaml")]
    done = subprocess.run(arguments, env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == [
        "['r1']",
        "the inventory plugin 'Broken' failed: ModuleNotFoundError: No module named 'no_such_module' "
        "(it is no_such_module:Inventory; check its options)",
    ]
