"""Ansible's own variables (`ansible_host` and the like) as keys of our inventory, or the reason why that cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from runner.documents.foreign import has_sealed
from runner.errors import Problem
from runner.inventory.ansible_model import Var
from runner.inventory.references import reference_problem

ALIASES: Mapping[str, str] = {
    "ansible_ssh_host": "ansible_host",
    "ansible_ssh_port": "ansible_port",
    "ansible_ssh_user": "ansible_user",
    "ansible_ssh_pass": "ansible_password",
    "ansible_ssh_password": "ansible_password",
    "ansible_become_pass": "ansible_become_password",
    "ansible_enable_password": "ansible_become_password",
    "ansible_private_key_file": "ansible_ssh_private_key_file",
    "ansible_ssh_extra_args": "ansible_ssh_common_args",
    "ansible_ssh_args": "ansible_ssh_common_args",
}
"""Other names of the same variable."""

PLATFORMS: Mapping[str, str] = {
    "ios": "cisco_ios",
    "eos": "arista_eos",
    "junos": "juniper_junos",
    "iosxr": "cisco_xr",
    "nxos": "cisco_nxos",
    "asa": "cisco_asa",
    "vyos": "vyos",
    "routeros": "mikrotik_routeros",
    "dellos10": "dell_os10",
    "os10": "dell_os10",
    "ce": "huawei",
    "sros": "nokia_sros",
    "aoscx": "aruba_aoscx",
    "fortios": "fortinet",
    "edgeos": "ubiquiti_edge",
    "voss": "extreme_vsp",
    "exos": "extreme_exos",
}
"""By the last word of `ansible_network_os`: netmiko's device type."""

_SPEAKS_SSH = ("ssh", "paramiko", "paramiko_ssh", "smart", "network_cli", "libssh")
_FROM_ENVIRONMENT = re.compile(
    r"""\{\{\s*(?:lookup|query)\(\s*(['"])(?:ansible\.builtin\.)?env\1\s*,\s*(['"])([A-Za-z_]\w*)\2\s*\)[^{}]*\}\}"""
)
_JUMP = re.compile(r"(?:ProxyJump[ =]+|-J\s*)[\"']?(?P<jump>[^\s\"',]+)")


class Field(NamedTuple):
    """What became of a variable: a key of ours and its value, and what there is to say. Without a key it is left out or kept in `data`."""

    key: str = ""
    value: Any = None
    said: str = ""
    hint: str = ""
    data: bool = False

    def problem(self, var: Var) -> Problem:
        """What there is to say, at the variable's place."""
        return Problem(message=self.said, where=var.where, hint=self.hint)


def field_of(name: str, var: Var, hosts: Mapping[str, str]) -> Field | None:
    """What becomes of a variable; None for one that is the user's own. `hosts` are names and addresses, each with the host's name."""
    convert = _CONVERSIONS.get(name)
    if convert is None:
        return None
    if isinstance(var.value, str) and "{{" in var.value and name not in _SECRETS:
        return Field(
            said=f"{name} is a template, which nothing in our inventory is", hint="kept as text under `data:`; write its value", data=True
        )
    return _jump(var, hosts) if name == "ansible_ssh_common_args" else convert(var)


def _host(var: Var) -> Field:
    text = str(var.value).strip()
    good = isinstance(var.value, str | int) and text.isprintable() and " " not in text and text and not text.startswith("-")
    return Field("hostname", text) if good else Field(said="ansible_host is no address", hint="write `hostname:`")


def _port(var: Var) -> Field:
    text = str(var.value).strip()
    good = text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535
    return Field("port", int(text)) if good else Field(said="ansible_port is no number from 1 to 65535", hint="write `port:`")


def _user(var: Var) -> Field:
    text = str(var.value)
    good = isinstance(var.value, str | int) and text.strip() and not any(text.startswith(f"{kind}:") for kind in ("env", "keyring"))
    if good and not any(reference_problem(text)):
        return Field("username", text)
    return Field(said="ansible_user is no name that can be taken over", hint="write `username:`")


def _platform(var: Var) -> Field:
    known = PLATFORMS.get(str(var.value).rpartition(".")[2])
    if known:
        return Field("platform", known)
    return Field(
        said=f"ansible_network_os '{var.value}' is none whose platform is known",
        hint="write netmiko's device type as `platform:`",
        data=True,
    )


def _connection(var: Var) -> Field:
    if str(var.value).rpartition(".")[2] in _SPEAKS_SSH:
        return Field()
    return Field(said=f"ansible_connection '{var.value}' is not SSH to a command line, which is all that is spoken here", data=True)


def _secret(key: str, name: str) -> Callable[[Var], Field]:
    def convert(var: Var) -> Field:
        found = _FROM_ENVIRONMENT.search(var.value) if isinstance(var.value, str) else None
        if found:
            return Field(key, f"env:{found[3]}")
        reference = f"env:{_variable(var.owner)}_{key.upper()}"
        why = "is sealed by Ansible's vault" if has_sealed(var.value) else "is a template" if "{{" in str(var.value) else "is in plain text"
        return Field(
            key,
            reference,
            f"{name} {why}: it was not copied",
            f"`{key}: env:NAME` was written: set that variable, or write keyring:SERVICE/USER",
        )

    return convert


def _key_file(var: Var) -> Field:
    hint = "write it as key_file into [credentials.NAME] of your own configuration, and `credential: NAME` into the inventory"
    return Field(said="ansible_ssh_private_key_file was left out: no file is read because an inventory says so", hint=hint)


def _jump(var: Var, hosts: Mapping[str, str]) -> Field:
    text = str(var.value)
    match = _JUMP.search(text)
    if not match:
        return Field(
            said="arguments for the ssh program were left out: it is not used",
            hint="ports, jump hosts and old algorithms have keys of their own; for host keys use --host-keys",
        )
    target = match["jump"].rpartition("@")[2]
    name = hosts.get(target) or hosts.get(re.sub(r":[0-9]+$", "", target))
    if name and "," not in text[match.start() : match.end() + 1]:
        return Field("jump_host", name)
    hint = "make it a host of the inventory and write its name as `jump_host:`"
    return Field(said=f"the jump host {match['jump']} is no host of the inventory", hint=hint)


def _become(var: Var) -> Field:
    if str(var.value).rpartition(".")[2] in ("enable", "True", "true", "False", "false", "yes", "no"):
        return Field()
    return Field(
        said=f"ansible_become_method '{var.value}' is none here", hint="with `secret` a session enters the device's privileged mode"
    )


def _option(hint: str) -> Callable[[Var], Field]:
    return lambda var: Field(said="a setting of Ansible's connections was left out", hint=hint)


_CONVERSIONS: Mapping[str, Callable[[Var], Field]] = {
    "ansible_host": _host,
    "ansible_port": _port,
    "ansible_user": _user,
    "ansible_network_os": _platform,
    "ansible_connection": _connection,
    "ansible_password": _secret("password", "ansible_password"),
    "ansible_become_password": _secret("secret", "ansible_become_password"),
    "ansible_ssh_private_key_file": _key_file,
    "ansible_ssh_common_args": lambda var: _jump(var, {}),
    "ansible_become": _become,
    "ansible_become_method": _become,
    "ansible_command_timeout": _option("use --command-timeout or `command_timeout` in nornir-playbook.toml"),
    "ansible_connect_timeout": _option("use --connect-timeout or `connect_timeout` in nornir-playbook.toml"),
    "ansible_host_key_checking": _option("use --host-keys"),
    "ansible_ssh_host_key_checking": _option("use --host-keys"),
}
_SECRETS = ("ansible_password", "ansible_become_password")


def _variable(owner: str) -> str:
    """The beginning of an environment variable's name for a host or group."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", "router" if owner == "all" else owner).strip("_").upper()
    return name if name and not name[0].isdigit() else f"HOST_{name}"
