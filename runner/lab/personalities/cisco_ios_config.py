"""IOS configuration: what a router starts with, and the modes in which lines are stored or removed."""

from __future__ import annotations

from typing import Literal

from runner.lab.config_tree import ConfigTree
from runner.lab.device import Device
from runner.lab.personality import Handler, Reply, Session
from runner.lab.topology import Router

GLOBAL_WORDS = (
    "hostname", "ip", "ntp", "logging", "snmp-server", "username", "banner", "access-list", "aaa", "enable", "service",
    "clock", "cdp", "lldp", "route-map", "spanning-tree", "tacacs-server", "tacacs", "radius-server", "alias", "archive", "crypto", "boot",
)  # fmt: skip
SECTION_WORDS = (
    "description", "ip", "mtu", "bandwidth", "delay", "speed", "duplex", "network", "router-id", "passive-interface", "neighbor", "area",
    "redistribute", "default-information", "log-adjacency-changes", "auto-cost", "name", "transport", "login", "exec-timeout", "password",
    "cdp", "lldp", "logging", "switchport", "encapsulation", "access-class", "privilege",
)  # fmt: skip

START = """\
version 15.7
service timestamps debug datetime msec
service timestamps log datetime msec
service password-encryption
hostname {name}
no aaa new-model
no ip domain lookup
ip domain name lab.example
ip cef
username {username} privilege 15 secret 9 <removed>
interface Loopback0
 description router id
 ip address {router_id} 255.255.255.255
interface GigabitEthernet0/0
 description management
 ip address {management} 255.240.0.0
 duplex auto
 speed auto
{links}router ospf 1
 router-id {router_id}
 passive-interface Loopback0
 network 10.0.0.0 0.255.255.255 area 0
ip ssh version 2
ntp server 172.16.0.1
line con 0
line vty 0 4
 login local
 transport input ssh
"""
LINK = """\
interface GigabitEthernet0/{number}
 description to {peer} GigabitEthernet0/{peer_number}
 ip address {address} 255.255.255.252
 ip ospf cost 1
 duplex auto
 speed auto
"""


def boot(device: Device, router: Router) -> ConfigTree:
    """The configuration of a router at its place in the network."""
    links = "".join(
        LINK.format(number=number, peer=link.peer, peer_number=link.peer_position + 1, address=link.address)
        for number, link in enumerate(router.links, start=1)
    )
    return ConfigTree(
        START.format(name=device.name, username=device.username, router_id=router.router_id, management=router.management, links=links)
    )


def shown(config: ConfigTree, which: Literal["running", "saved"]) -> str:
    """A configuration as `show` gives it."""
    text = str(config)
    size = len(text.encode())
    if which == "saved":
        return f"Using {size} out of 262136 bytes\n{text}"
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n{text}"


def enter(session: Session, values: tuple[str, ...]) -> Reply:
    """Go into configuration mode."""
    session.mode, session.section = "config", None
    return Reply(output="Enter configuration commands, one per line.  End with CNTL/Z.\n")


def end(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave configuration mode."""
    session.mode, session.section = "exec", None
    return Reply()


def up(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave the section, or configuration mode when in none."""
    session.mode, session.section = ("exec" if session.section is None else "config"), None
    return Reply()


def section(word: str) -> Handler:
    """Go into a section of this kind, which is made when it does not exist."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        name = full_name(values[0]) if word == "interface" else " ".join(values[0].split())
        session.mode, session.section = word, f"{word} {name}"
        session.node.config.enter(session.section)
        return Reply()

    return run


def store(word: str) -> Handler:
    """Keep a line that begins with this word where the session is."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        _leave_section_for(session, word)
        session.node.config.set(" ".join((word, *values)), session.section)
        return Reply()

    return run


def remove(session: Session, values: tuple[str, ...]) -> Reply:
    """`no ...`: remove what begins with these words."""
    line = values[0]
    _leave_section_for(session, line.split()[0])
    session.node.config.remove(line, session.section)
    return Reply()


def _leave_section_for(session: Session, word: str) -> None:
    """A word that only the global mode knows ends the section, as on IOS."""
    if session.section is not None and word not in SECTION_WORDS and word != "shutdown":
        session.mode, session.section = "config", None


KINDS = ("GigabitEthernet", "FastEthernet", "TenGigabitEthernet", "Ethernet", "Loopback", "Vlan", "Tunnel", "Port-channel", "Serial")


def full_name(text: str) -> str:
    """The full name of an interface from a short form (`gi0/1`, `lo 0`); other text as it is."""
    text = "".join(text.split())
    letters = text.rstrip("0123456789/.:")
    kind = next((kind for kind in KINDS if letters and kind.lower().startswith(letters.lower())), letters)
    return kind + text[len(letters) :]
