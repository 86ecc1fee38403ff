"""The Nornir inventory of a fleet as text: the repository's own `inventory/` is this for 25 devices from port 20001 on."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runner.lab.device import ROLES, SITES, Device
from runner.lab.ports import HOST

HOSTS = """\
---
# The devices: one entry each, its name is what `hosts:` patterns and `--limit` match.
# These are the lab's simulated routers (`nornir-playbook lab up`); with real ones, `hostname` is their address and `port` goes.
"""
GROUPS = """\
---
# What devices have in common. A host takes a value from itself, else from its groups in their order, else from defaults.yaml.
"""
DEFAULTS = """\
---
# What holds for every device unless it or one of its groups says otherwise.
# The password is the simulated lab's. For real devices write `password: env:NAME` or `keyring:SERVICE/USER`, or use --ask-pass.
"""
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*|\d+\.\d+\.\d+\.\d+", re.ASCII)
NOT_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
GROUP_DATA: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "ams": ("sites", {"site": "ams", "city": "Amsterdam"}),
    "lon": ("sites", {"site": "lon", "city": "London"}),
    "fra": ("sites", {"site": "fra", "city": "Frankfurt"}),
    "core": ("roles", {"role": "core", "min_neighbors": 2}),
    "edge": ("roles", {"role": "edge", "min_neighbors": 2}),
    "access": ("roles", {"role": "access", "min_neighbors": 2}),
}


def files(devices: Iterable[Device], ports: Mapping[str, int], *, password: str | None = None, address: str = HOST) -> dict[str, str]:
    """File name -> text of hosts.yaml, groups.yaml and defaults.yaml.

    What most devices share is in the defaults, and in a host's entry only where it differs. `password` is written in the
    defaults in place of the shared one (`env:NAME`, or a wrong one for a test).
    """
    devices = tuple(devices)
    common = {name: _most([getattr(device, name) for device in devices]) for name in ("username", "password", "platform")}
    return {
        "hosts.yaml": HOSTS + "".join("\n" + _host(device, address, ports[device.name], common) for device in devices),
        "groups.yaml": GROUPS + _groups(devices),
        "defaults.yaml": DEFAULTS + _mapping(common | ({} if password is None else {"password": password}), 0),
    }


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone."""
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(path)


def _most(values: list[Any]) -> Any:
    return Counter(values).most_common(1)[0][0]


def _host(device: Device, address: str, port: int, common: Mapping[str, str]) -> str:
    own: dict[str, object] = {"hostname": address, "port": port}
    own |= {name: getattr(device, name) for name, shared in common.items() if getattr(device, name) != shared}
    if device.groups:
        own["groups"] = list(device.groups)
    text = f"{_scalar(device.name)}:\n{_mapping(own, 2)}"
    if device.secret is not None:
        text += f"  connection_options:\n    netmiko:\n      extras:\n        secret: {_scalar(device.secret)}\n"
    return text + (f"  data:\n{_mapping(device.data, 4)}" if device.data else "")


def _groups(devices: tuple[Device, ...]) -> str:
    used = {group for device in devices for group in device.groups}
    text, last = "", ""
    for group in [*SITES, *dict.fromkeys(ROLES), *sorted(used - GROUP_DATA.keys())]:
        kind, data = GROUP_DATA.get(group, ("more groups", {}))
        if group in used:
            text += f"\n# {kind}\n" if kind != last else "\n"
            text += f"{_scalar(group)}:\n  data:\n{_mapping(data, 4)}" if data else f"{_scalar(group)}: {{}}\n"
            last = kind
    return text


def _mapping(values: Mapping[str, object], indent: int) -> str:
    return "".join(f"{' ' * indent}{_scalar(key)}: {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _scalar(text: str) -> str:
    plain = PLAIN.fullmatch(text) is not None and text.lower() not in NOT_TEXT
    return text if plain else json.dumps(text)
