"""Numbers as keys of an inventory: data may have them, hosts, groups and keywords may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.fleet import load, problems


def test_a_number_may_be_a_key_in_data_and_in_options_that_are_not_ours(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        hosts="r1: {groups: [g], data: {vlans: {10: users}}, connection_options: {napalm: {extras: {optional_args: {1: x}}}}}\n",
        groups="g: {data: {zones: [{1: a}]}}\n",
        defaults="data: {areas: {0: backbone}}\n",
    )
    assert dict(loaded.devices["r1"].data) == {"vlans": {10: "users"}, "zones": [{1: "a"}], "areas": {0: "backbone"}}


NUMBERS_AS_KEYS = [
    ("host", {"hosts": "10: {}\n"}, "hosts.yaml:1"),
    ("key of a host", {"hosts": "r1:\n  10: x\n"}, "hosts.yaml:2"),
    ("name of a variable", {"hosts": "r1:\n  data:\n    10: x\n"}, "hosts.yaml:3"),
    ("group", {"hosts": "r1: {}\n", "groups": "10: {}\n"}, "groups.yaml:1"),
    ("defaults", {"hosts": "r1: {}\n", "defaults": "10: x\n"}, "defaults.yaml:1"),
    ("host called data", {"hosts": "data:\n  vlans: {}\n  10: x\n"}, "hosts.yaml:3"),
    ("our options", {"hosts": "r1: {connection_options: {netmiko: {10: x}}}\n"}, "hosts.yaml:1"),
]


@pytest.mark.parametrize(("files", "place"), [row[1:] for row in NUMBERS_AS_KEYS], ids=[row[0] for row in NUMBERS_AS_KEYS])
def test_f86_a_number_is_no_key_where_keys_have_a_meaning(tmp_path: Path, files: dict[str, str], place: str) -> None:
    assert f"{place} key '10' is a number, but a key must be text (put it in quotes: '10')" in problems(tmp_path, **files)
