"""What a Junos device starts with, and what it shows about itself in operational mode."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Interface

from runner.lab.device import Device
from runner.lab.personalities.interface_facts import peer_port
from runner.lab.personalities.juniper_junos_database import Database, port
from runner.lab.personalities.juniper_junos_tree import JunosTree
from runner.lab.personality import Node
from runner.lab.topology import Link, Router

RELEASE = "21.4R3.15"
START = """\
set version {release}
set system host-name {name}
set system root-authentication encrypted-password "<removed>"
set system login user {username} uid 2000
set system login user {username} class super-user
set system services ssh
set system services netconf ssh
set system domain-name lab.example
set system syslog file messages any notice
set system ntp server 172.16.0.1
{links}set interfaces fxp0 description management
set interfaces fxp0 unit 0 family inet address {management}/12
set interfaces lo0 description "router id"
set interfaces lo0 unit 0 family inet address {router_id}/32
set routing-options router-id {router_id}
set protocols lldp interface all
set protocols ospf area 0.0.0.0 interface lo0.0 passive
{areas}"""
LINK = """\
set interfaces {port} description "to {peer}"
set interfaces {port} unit 0 family inet address {address}/30
"""
VERSION = """\
Hostname: {name}
Model: vmx
Junos: {release}
JUNOS Base OS boot [{release}]
JUNOS Base OS Software Suite [{release}]
JUNOS Kernel Software Suite [{release}]
JUNOS Crypto Software Suite [{release}]
JUNOS Online Documentation [{release}]
JUNOS Routing Software Suite [{release}]
"""
BOOTED = timedelta(days=54, hours=4, minutes=11)


def boot(device: Device, router: Router) -> Database:
    """The configuration of a router at its place in the network."""
    ends = [(port(number), link) for number, link in enumerate(router.links, start=1)]
    text = START.format(
        release=RELEASE, name=device.name, username=device.username, management=router.management, router_id=router.router_id,
        links="".join(LINK.format(port=name, peer=link.peer, address=link.address) for name, link in ends),
        areas="".join(f"set protocols ospf area 0.0.0.0 interface {name}.0 metric 1\n" for name, _ in ends),
    )  # fmt: skip
    return Database(JunosTree(text), device.username)


def _tree(node: Node) -> JunosTree:
    database = node.config
    assert isinstance(database, Database)  # noqa: S101  # these are the outputs of Junos
    return database.active


def version(node: Node) -> str:
    """`show version`."""
    return VERSION.format(name=node.config.hostname, release=RELEASE)


def _moment(when: datetime, now: datetime) -> str:
    ago = now - when
    weeks, days = divmod(ago.days, 7)
    hours, minutes = divmod(ago.seconds // 60, 60)
    long = f"{weeks}w{days}d " if ago.days else ""
    return f"{when:%Y-%m-%d %H:%M:%S} UTC ({long}{hours:02d}:{minutes:02d} ago)"


def uptime(node: Node) -> str:
    """`show system uptime`."""
    now, last = datetime.now(UTC), node.config.versions[0]
    started = now - BOOTED
    users = max(1, len(node.lines))
    return (
        f"Current time: {now:%Y-%m-%d %H:%M:%S} UTC\nTime Source:  NTP CLOCK \n"
        f"System booted: {_moment(started, now)}\nProtocols started: {_moment(started + timedelta(minutes=2), now)}\n"
        f"Last configured: {_moment(last.when, now)} by {last.user}\n"
        f"{now:%I:%M%p}  up 54 days,  4:11, {users} users, load averages: 0.18, 0.20, 0.22\n"
    )


def _addresses(node: Node) -> Iterator[tuple[str, str, IPv4Interface | None]]:
    """Interface, `up` or `down` and address: one row for each physical interface, one for each address."""
    tree = _tree(node)
    for name, below in tree.at(("interfaces",)).items():
        state = "down" if "disable" in below else "up"
        yield name, state, None
        for unit in [each for each in below if each.startswith("unit ")]:
            inet = tree.at(("interfaces", name, unit, "family inet"))
            for address in [each.removeprefix("address ") for each in inet if each.startswith("address ")]:
                yield f"{name}.{unit.removeprefix('unit ')}", state, _interface(address)


def _interface(text: str) -> IPv4Interface | None:
    try:
        return IPv4Interface(text)
    except ValueError:
        return None


def interfaces_terse(node: Node) -> str:
    """`show interfaces terse`."""
    text = "Interface               Admin Link Proto    Local                 Remote\n"
    for name, state, address in _addresses(node):
        text += f"{name:<23s} {state:<5s} {state}"
        if address is not None:
            host = address.network.prefixlen == 32
            text += f"   inet     {address.ip if host else address!s:<20s} {'--> 0/0' if host else ''}"
        text += "\n"
    return text


def interfaces_descriptions(node: Node) -> str:
    """`show interfaces descriptions`."""
    tree, text = _tree(node), "Interface       Admin Link Description\n"
    for name, state, address in _addresses(node):
        description = tree.value(("interfaces", name), "description")
        if address is None and description:
            text += f"{name:<15s} {state:<5s} {state:<4s} {description}\n"
    return text


def _up(node: Node) -> list[tuple[int, Link]]:
    return [
        (number, link)
        for number, link in enumerate(node.router.links, start=1)
        if not node.is_shut(number) and not node.fleet[link.peer].is_shut(link.peer_position + 1)
    ]


def ospf_neighbors(node: Node) -> str:
    """`show ospf neighbor`."""
    text = "Address          Interface              State           ID               Pri  Dead\n"
    for number, link in _up(node):
        text += f"{link.peer_address!s:<16s} {port(number) + '.0':<22s} Full            {link.peer_router_id!s:<16s} 128    {33 + number}\n"
    return text


def _mac(number: int, position: int) -> str:
    digits = f"0200{number:04x}{position:04x}"
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def _arp(node: Node, *, names: bool) -> str:
    name = f"{'Name':<25s} " if names else ""
    text = f"MAC Address       Address         {name}Interface               Flags\n"
    for number, link in _up(node):
        peer = f"{link.peer:<25s} " if names else ""
        text += f"{_mac(link.peer_number, link.peer_position + 1)} {link.peer_address!s:<15s} {peer}{port(number) + '.0':<23s} none\n"
    return text + f"Total entries: {len(_up(node))}\n"


def arp(node: Node) -> str:
    """`show arp`."""
    return _arp(node, names=True)


def arp_no_resolve(node: Node) -> str:
    """`show arp no-resolve`."""
    return _arp(node, names=False)


def lldp_neighbors(node: Node) -> str:
    """`show lldp neighbors`."""
    text = "Local Interface    Parent Interface    Chassis Id          Port info          System Name\n"
    for number, link in _up(node):
        there = peer_port(node, link)
        text += f"{port(number):<18s} {'-':<19s} {_mac(link.peer_number, 0):<19s} {there:<18s} {link.peer}\n"
    return text
