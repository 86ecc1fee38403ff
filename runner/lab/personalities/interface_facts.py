"""What is configured on the interfaces of a device whose configuration is a tree of sections, and what ports are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface

from runner.lab.personality import Node
from runner.lab.topology import Link

PORTS: Mapping[str, str] = {
    "cisco_ios": "GigabitEthernet0/{}",
    "cisco_xr": "GigabitEthernet0/0/0/{}",
    "arista_eos": "Ethernet{}",
    "juniper_junos": "ge-0/0/{}",
    "linux": "eth{}",
}


@dataclass(frozen=True, kw_only=True)
class Port:
    """An interface as it is configured now."""

    name: str
    description: str
    address: IPv4Interface | None
    shut: bool

    @property
    def physical(self) -> bool:
        """False for loopbacks and their kind."""
        return "Eth" in self.name or self.name.startswith("Management")

    @property
    def ip(self) -> str:
        """The address, or that there is none."""
        return str(self.address.ip) if self.address else "unassigned"

    @property
    def status(self) -> tuple[str, str]:
        """Status and line protocol."""
        return ("administratively down", "down") if self.shut else ("up", "up")


def configured(node: Node) -> list[Port]:
    """The interfaces: physical ones first, else in the order of the configuration."""
    found = []
    for line in node.config.sections("interface"):
        below: tuple[str, ...] = node.config.below(line)
        text = next((each.removeprefix("description ") for each in below if each.startswith("description ")), "")
        words = next((each.split()[2:4] for each in below if each.startswith(("ip address ", "ipv4 address "))), list[str]())
        found.append(Port(name=line.split(maxsplit=1)[1], description=text, address=_address(words), shut="shutdown" in below))
    return sorted(found, key=lambda port: not port.physical)


def _address(words: list[str]) -> IPv4Interface | None:
    try:
        return IPv4Interface("/".join(words)) if words else None
    except ValueError:
        return None


def peer_port(node: Node, link: Link) -> str:
    """What the neighbour at the other end of a cable calls its port."""
    return PORTS.get(node.fleet[link.peer].device.platform, "port{}").format(link.peer_position + 1)
