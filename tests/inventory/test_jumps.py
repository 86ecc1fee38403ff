"""`jump_host` and `legacy_algorithms`: inherited like any value, followed to the end, and every slip told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import InputError
from runner.inventory.credentials import target_of
from tests.inventory.fleet import load, problems
from tests.inventory.test_credentials import resolver

LOGIN = "{username: u, password: p}"


def way(folder: Path, name: str, **files: str) -> list[str]:
    """The names from a host to where its connection begins."""
    device = load(folder, **files).devices[name]
    return [name, *(jump.name for jump in device.jumps)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("own", ["own", "b1", "b2"]),
        ("by_group", ["by_group", "b1", "b2"]),
        ("by_default", ["by_default", "b2"]),
        ("direct", ["direct"]),
        ("b2", ["b2"]),
    ],
)
def test_the_nearest_jump_host_counts_and_a_default_spares_the_jump_host_itself(tmp_path: Path, name: str, expected: list[str]) -> None:
    hosts = "{own: {jump_host: b1}, by_group: {groups: [g]}, by_default: {}, direct: {groups: [g], jump_host: false}, b1: {}, b2: {}}"
    assert way(tmp_path, name, hosts=hosts, groups="g: {jump_host: b1}", defaults="jump_host: b2") == expected


def test_the_target_holds_the_whole_way_and_each_login(tmp_path: Path) -> None:
    own = "b1: {hostname: b1.example.net, username: b, password: q, jump_host: b0}\nb0: {port: 23}"
    hosts = f"r1: {{jump_host: b1, legacy_algorithms: true}}\n{own}"
    inventory = load(tmp_path, hosts=hosts, defaults=LOGIN)
    target = target_of(inventory.devices["r1"], resolver())
    assert target.jump is not None and target.jump.jump is not None
    assert (target.jump.hostname, target.jump.username, target.jump.jump.port, target.jump.jump.jump) == ("b1.example.net", "b", 23, None)
    assert (target.legacy_algorithms, target.jump.legacy_algorithms) == (True, False)


def test_a_jump_host_that_lacks_a_login_is_an_error_of_its_own(tmp_path: Path) -> None:
    hosts = "r1: {username: u, password: p, jump_host: b1}\nr2: {username: u, password: p, jump_host: b1}\nb1: {password: p}"
    inventory = load(tmp_path, hosts=hosts)
    with pytest.raises(InputError, match="b1: no username"):
        target_of(inventory.devices["r1"], resolver())


ROWS = {
    "unknown": (
        {"hosts": "r1:\n  jump_host: bastoin\nbastion: {}"},
        "hosts.yaml:2 jump_host 'bastoin' is no host (did you mean 'bastion'?)",
    ),
    "in_group": (
        {"hosts": "r1: {groups: [g]}", "groups": "g:\n  jump_host: x1"},
        "groups.yaml:2 jump_host 'x1' is no host (it must be a host of this inventory, with an address and a login of its own)",
    ),
    "in_defaults": (
        {"hosts": "bastion: {}", "defaults": "jump_host: bastio"},
        "defaults.yaml:1 jump_host 'bastio' is no host (did you mean",
    ),
    "a_group": (
        {"hosts": "r1: {jump_host: core}", "groups": "core: {}"},
        "hosts.yaml:1 jump_host 'core' is no host ('core' is a group: name one of its hosts)",
    ),
    "itself": ({"hosts": "r1: {jump_host: r1}"}, "hosts.yaml:1 'r1' names itself as its jump host (write `jump_host: false` for none)"),
    "circle": (
        {"hosts": "a: {}\nr1: {jump_host: r2}\nr2: {jump_host: r3}\nr3: {jump_host: r2}"},
        "hosts.yaml:3 'r2' is reached through itself: 'r2' -> 'r3' -> 'r2' (write `jump_host: false` at the one that is reached directly)",
    ),
    "inherited_circle": (
        {"hosts": "r1: {}\nb1: {jump_host: b2}\nb2: {}", "defaults": "jump_host: b1"},
        "hosts.yaml:2 'b1' is reached through itself: 'b1' -> 'b2' -> 'b1' (write `jump_host: false`",
    ),
    "true": ({"hosts": "r1: {jump_host: true}"}, "hosts.yaml:1 'jump_host' must be text (write the name of a host of this inventory"),
    "list": ({"hosts": "r1: {jump_host: [a]}"}, "hosts.yaml:1 'jump_host' must be text"),
    "empty": ({"hosts": "r1: {jump_host: ''}"}, "hosts.yaml:1 'jump_host' is empty"),
    "legacy": ({"hosts": "r1: {legacy_algorithms: 'yes'}"}, "hosts.yaml:1 'legacy_algorithms' must be true or false"),
    "slip": ({"hosts": "r1: {legacy_algorithm: true}"}, "hosts.yaml:1 unknown key 'legacy_algorithm' (did you mean 'legacy_algorithms'?)"),
    "proxy": (
        {"hosts": "r1: {connection_options: {netmiko: {extras: {ssh_config_file: x}}}}"},
        "hosts.yaml:1 'ssh_config_file' cannot be set in an inventory",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, row: str) -> None:
    files, expected = ROWS[row]
    [found] = problems(tmp_path, **files)
    assert found.startswith(expected)


def test_a_long_chain_and_many_hosts_behind_one(tmp_path: Path) -> None:
    chain = [f"b{number}: {{jump_host: b{number + 1}}}" for number in range(50)]
    many = [f"r{number}: {{jump_host: b0}}" for number in range(500)]
    inventory = load(tmp_path, hosts="\n".join([*many, *chain, "b50: {}"]))
    assert len(inventory.devices["r499"].jumps) == 51
    assert inventory.devices["r0"].jump is inventory.devices["r499"].jump
