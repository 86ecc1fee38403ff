"""An inventory is read as Nornir would, and whatever Nornir would stumble over is an error at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir.plugins.inventory.simple import SimpleInventory

from runner.errors import InputError
from runner.inventory.load import load_inventory
from runner.settings.load import Settings
from tests.inventory.fleet import load, problems, write

HOSTS = """\
r2:
  hostname: 192.0.2.2
  groups: [ams, core]
  data: {site: ams1, tags: [a]}
r1:
  hostname: 192.0.2.1
  port: 2222
  username: own
  groups: [core]
  connection_options:
    netmiko: {port: 2223, extras: {fast_cli: false}}
bare: {}
"""
GROUPS = """\
core:
  platform: ios
  username: core-user
  data: {role: core, site: nowhere}
  groups: [world]
  connection_options: {netmiko: {extras: {conn_timeout: 30, fast_cli: true}}}
ams:
  platform: eos
  data: {site: ams}
world:
  data: {world: "yes", role: any}
empty: {}
"""
DEFAULTS = """\
username: everyone
data: {domain: example.net, world: default}
"""


def test_devices_keep_the_order_of_the_file_and_inherit(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts=HOSTS, groups=GROUPS, defaults=DEFAULTS)
    assert list(inventory.devices) == ["r2", "r1", "bare"]
    r2, r1, bare = inventory.devices.values()
    assert (r2.hostname, r2.port, r2.platform, r2.username) == ("192.0.2.2", 22, "arista_eos", "core-user")
    assert r2.groups == ("ams", "core", "world")
    assert r2.data == {"site": "ams1", "tags": ["a"], "role": "core", "world": "yes", "domain": "example.net"}
    assert r2.options == {"conn_timeout": 30, "fast_cli": True}
    assert (r1.port, r1.platform, r1.username, r1.options) == (2223, "cisco_ios", "own", {"conn_timeout": 30, "fast_cli": False})
    assert (bare.hostname, bare.platform, bare.username, bare.groups) == ("bare", None, "everyone", ())
    assert inventory.groups == {"core": ("r2", "r1"), "ams": ("r2",), "world": ("r2", "r1"), "empty": ()}
    assert inventory.warnings == ()


def test_values_are_the_ones_nornir_resolves(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts=HOSTS, groups=GROUPS, defaults=DEFAULTS)
    theirs = SimpleInventory(*(str(tmp_path / f"{name}.yaml") for name in ("hosts", "groups", "defaults"))).load()
    for name, device in inventory.devices.items():
        host = theirs.hosts[name]
        assert dict(device.data) == host.extended_data()
        assert device.groups == tuple(group.name for group in host.extended_groups())
        assert device.username == host.username
        parameters = host.get_connection_parameters("netmiko")
        assert device.port == (parameters.port or 22)
        assert device.hostname == (parameters.hostname or name)


def test_yml_is_as_good_as_yaml(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("r1: {}\n", encoding="utf-8")
    assert list(load_inventory(tmp_path, Settings()).devices) == ["r1"]
    (tmp_path / "hosts.yaml").write_text("r1: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"hosts.yaml and hosts.yml both exist"):
        load_inventory(tmp_path, Settings())


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_inventory(tmp_path / "nowhere", Settings())
    assert str(caught.value) == (
        f"no inventory at {tmp_path}/nowhere: there is no such folder (name one with `-i DIR`, "
        "or make one: a hosts.yaml with a line such as `r1: {hostname: 192.0.2.1, platform: cisco_ios}`)"
    )
    with pytest.raises(InputError, match=r"it has no hosts\.yaml"):
        load_inventory(tmp_path, Settings())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("r1:\nr2: {}", "hosts.yaml:1 host 'r1' has nothing behind it (write `r1: {}` for none)"),
        ("r1: 10.0.0.1", "hosts.yaml:1 host 'r1' must be a mapping of keys to values"),
        ("r1: {hostnme: a}", "hosts.yaml:1 unknown key 'hostnme' (did you mean 'hostname'?)"),
        ("r1: {site: ams}", "hosts.yaml:1 unknown key 'site' (values of your own belong under `data:`)"),
        ("r1:\n  groups: core", "hosts.yaml:2 'groups' must be a list of names of groups (write `groups: [core]`)"),
        ("r1: {groups: [cor]}", "hosts.yaml:1 unknown group 'cor' (did you mean 'core'?)"),
        ("r1: {groups: [1]}", "hosts.yaml:1 'groups' must be a list of names of groups (write each in quotes)"),
        ("r1: {port: 0}", "hosts.yaml:1 'port' must be a number from 1 to 65535"),
        ("r1: {port: 65536}", "hosts.yaml:1 'port' must be a number from 1 to 65535"),
        ("r1: {port: '22'}", "hosts.yaml:1 'port' must be a number from 1 to 65535 (write it without quotes)"),
        ("r1: {port: true}", "hosts.yaml:1 'port' must be a number from 1 to 65535"),
        ("r1: {hostname: 10}", "hosts.yaml:1 'hostname' must be text (write it in quotes)"),
        ("r1: {hostname: ''}", "hosts.yaml:1 'hostname' is empty (leave it out to inherit it)"),
        (
            "r1: {hostname: -oProxyCommand=x}",
            "hosts.yaml:1 'hostname' is no address or name of a host (write for example 192.0.2.1, 2001:db8::1 or r1.example.net)",
        ),
        ("r1: {data: [a]}", "hosts.yaml:1 'data' must be a mapping of keys to values"),
        ("r1: {platform: []}", "hosts.yaml:1 'platform' must be text"),
        ("r1: {connection_options: {netmko: {}}}", "hosts.yaml:1 unknown kind of connection 'netmko' (did you mean 'netmiko'?)"),
        ("r1: {connection_options: {netmiko: {prt: 1}}}", "hosts.yaml:1 unknown key 'prt' (did you mean 'port'?)"),
        ("r1: {connection_options: {netmiko: [1]}}", "hosts.yaml:1 'netmiko' must be a mapping of keys to values"),
        ("[r1, r2]", "hosts.yaml:1 must map names of hosts to what is known about them (write `NAME:` and below it its keys)"),
        ("r1: {credential: a, password: b}", "hosts.yaml:1 'credential' and 'password' are both given (keep one of them)"),
    ],
)
def test_f86_a_mistake_is_told_at_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, hosts=text, groups="core: {}") == [expected]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1001", "must be text"), ("'1001'", ""), ("true", "must be text")],
)
def test_f86_a_number_is_no_host_name(tmp_path: Path, key: str, expected: str) -> None:
    found = problems(tmp_path, hosts=f"{key}: {{}}\n")
    assert bool(found) == bool(expected)
    assert all(expected in problem for problem in found)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("a: {groups: [a]}", "groups.yaml:1 groups go round in a circle: a -> a (remove one of them)"),
        ("a: {groups: [b]}\nb: {groups: [a]}", "groups.yaml:2 groups go round in a circle: a -> b -> a (remove one of them)"),
        (
            "z: {groups: [a]}\na: {groups: [b]}\nb: {groups: [c]}\nc: {groups: [a]}",
            "groups.yaml:4 groups go round in a circle: a -> b -> c -> a (remove one of them)",
        ),
    ],
)
def test_f86_a_circle_of_groups_is_named(tmp_path: Path, groups: str, expected: str) -> None:
    assert problems(tmp_path, hosts="r1: {groups: [a]}", groups=groups) == [expected]


def test_a_group_reached_by_two_ways_is_no_circle(tmp_path: Path) -> None:
    groups = "a: {groups: [b, c]}\nb: {groups: [d]}\nc: {groups: [d]}\nd: {}\n"
    assert load(tmp_path, hosts="r1: {groups: [a]}", groups=groups).devices["r1"].groups == ("a", "b", "d", "c")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../x", "holds a slash"),
        ("a/b", "holds a slash"),
        ("a\\\\b", "holds a slash"),
        ("a\\0b", "holds a control character"),
        ("a\\nb", "holds a control character"),
        ("a\\eb", "holds a control character"),
        ("a\\u202eb", "holds a control character"),
        ("x" * 256, "is longer than 255 bytes"),
        ("é" * 128, "is longer than 255 bytes"),
        ("-rf", "begins with '-'"),
        ("!r1", "begins with '!'"),
        ("&r1", "begins with '&'"),
        ("~r1", "begins with '~'"),
        ("@r1", "begins with '@'"),
        ("r1 ", "begins or ends with a space"),
        (" r1", "begins or ends with a space"),
        ("r1.", "ends with a dot"),
        ("..", "ends with a dot"),
        ("a,b", "holds a comma"),
        ("", "is empty"),
        ("r1.example.net", ""),
        ("2001:db8::1", ""),
        ("router 1", ""),
        ("CON", ""),
        ("zürich-1", ""),
        ("x" * 255, ""),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_f75_an_odd_host_name_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    found = problems(tmp_path, hosts=f'"{name}": {{}}\n')
    assert len(found) == bool(expected)
    assert all(expected in problem and problem.isprintable() and len(problem) < 200 for problem in found)


@pytest.mark.parametrize(("first", "second"), [("R1", "r1"), ("straße", "STRASSE"), ("é", "e\u0301")])
def test_f75_names_that_differ_only_in_writing_are_refused_with_both_lines(tmp_path: Path, first: str, second: str) -> None:
    [found] = problems(tmp_path, hosts=f"{first}: {{}}\nr2: {{}}\n{second}: {{}}\n")
    assert found.startswith(f"hosts.yaml:3 host name '{second}' differs from '{first}' of line 1 only in how it is written")


def test_everything_wrong_in_all_files_is_told_at_once_in_order(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        hosts="r1: {hostnme: a, port: x}\nr2:\nr3: {groups: [nope]}\n",
        groups="a: {groups: [b]}\nb: {groups: [a], platfrm: ios}\n",
        defaults="groups: [a]\nprot: 22\n",
    )
    assert [problem.split(" ", 1)[0] for problem in found] == [
        "defaults.yaml:1",
        "defaults.yaml:2",
        "groups.yaml:2",
        "groups.yaml:2",
        "hosts.yaml:1",
        "hosts.yaml:1",
        "hosts.yaml:2",
        "hosts.yaml:3",
    ]


def test_a_broken_file_does_not_hide_the_mistakes_of_the_others(tmp_path: Path) -> None:
    found = problems(tmp_path, hosts="r1: {groups: [core], hostnme: a}\n", groups="core: {data: {a: [1}}\n")
    assert len(found) == 2
    assert found[0].startswith("groups.yaml:1 ")
    assert found[1] == "hosts.yaml:1 unknown key 'hostnme' (did you mean 'hostname'?)"


def test_f90_one_address_twice_is_a_warning(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="r1: {hostname: h, port: 2201}\nr2: {hostname: H, port: 2201}\nr3: {hostname: h, port: 2202}\n")
    [warning] = inventory.warnings
    assert warning.message == "r1, r2 have one address, h port 2201"
    assert warning.where is not None
    assert warning.where.line == 2


def test_many_hosts_of_one_address_are_one_warning(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="".join(f"r{number}: {{hostname: h}}\n" for number in range(50)))
    assert [warning.message for warning in inventory.warnings] == ["r0, r1, r2 and 47 more hosts have one address, h port 22"]


def test_names_that_a_pattern_reads_otherwise_are_warned_about(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="r1: {groups: [all]}\nr2: {}\n", groups="all: {}\nr2: {}\n")
    assert [warning.message for warning in inventory.warnings] == [
        "in a pattern 'all' means every host, not this group",
        "'r2' is a group and a host; in a pattern it means the group",
    ]


def test_an_empty_inventory_is_a_warning(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts="# nobody yet\n")
    assert (dict(inventory.devices), [warning.message for warning in inventory.warnings]) == ({}, ["the inventory has no hosts"])


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("ssh_config_file: ~/.ssh/config", "'ssh_config_file' cannot be set in an inventory (an SSH configuration can run programs"),
        (
            "session_log: /tmp/x",
            "'session_log' cannot be set in an inventory (it writes passwords into a file anywhere; use --session-log)",
        ),
        ("sock: 3", "'sock' cannot be set in an inventory (the connection is made by us"),
        ("key_file: ~/.ssh/id", "'key_file' cannot be set in an inventory (a key file or the agent belongs to"),
        ("use_keys: true", "'use_keys' cannot be set in an inventory (a key file or the agent belongs to"),
        ("alt_key_file: x", "'alt_key_file' cannot be set in an inventory (host keys are checked by us"),
        ("ssh_strict: false", "'ssh_strict' cannot be set in an inventory (host keys are checked by us"),
        ("device_type: x", "'device_type' cannot be set in an inventory (write `platform` one level up"),
        ("con_timeout: 3", "'con_timeout' is not one of the netmiko arguments an inventory may set (did you mean 'conn_timeout'?)"),
        ("conn_timeout: soon", "'conn_timeout' must be a number from 0 to 86400"),
        ("fast_cli: 1", "'fast_cli' must be true or false"),
        ("encoding: utf-9", "'encoding' must be the name of a character encoding, such as utf-8"),
        ("disabled_algorithms: {pubkeys: ssh-rsa}", "'disabled_algorithms' must be lists of names by kind"),
    ],
)
@pytest.mark.parametrize("level", ["hosts", "groups", "defaults"])
def test_f88_f89_extras_that_reach_beyond_the_talk_with_the_device_are_refused(
    tmp_path: Path, level: str, extra: str, expected: str
) -> None:
    options = f"connection_options: {{netmiko: {{extras: {{{extra}}}}}}}"
    files = {"hosts": "r1: {}\n", level: options if level == "defaults" else f"x: {{{options}}}"}
    [found] = problems(tmp_path, **files)
    assert found.startswith(f"{level}.yaml:1 {expected}")


def test_allowed_extras_reach_the_device(tmp_path: Path) -> None:
    extras = (
        "{conn_timeout: 5, global_cmd_verify: false, encoding: latin-1, default_enter: '\\n', disabled_algorithms: {pubkeys: [ssh-rsa]}}"
    )
    inventory = load(tmp_path, hosts=f"r1: {{connection_options: {{netmiko: {{extras: {extras}}}, napalm: {{extras: {{anything: 1}}}}}}}}")
    assert set(inventory.devices["r1"].options) == {"conn_timeout", "global_cmd_verify", "encoding", "default_enter", "disabled_algorithms"}


def test_words_of_yaml_1_1_stay_text(tmp_path: Path) -> None:
    """F83."""
    data = load(write(tmp_path), hosts="r1: {data: {a: no, b: 1:30, c: 0123, d: 10:20:30}}").devices["r1"].data
    assert data == {"a": "no", "b": "1:30", "c": "0123", "d": "10:20:30"}
