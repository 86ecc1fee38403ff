"""How Arista EOS configures: what a switch starts with, its words as a dialect, and what it thinks of a line."""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv4Interface

from runner.lab.config_tree import ConfigTree, Path
from runner.lab.device import Device
from runner.lab.personalities import arista_eos_words as words
from runner.lab.personalities.config_mode import Dialect
from runner.lab.personality import Reply, Session
from runner.lab.topology import Router

RELEASE = "4.27.3F"
START = """\
transceiver qsfp default-mode 4x10G
service routing protocols model multi-agent
hostname {name}
ntp server 172.16.0.1
spanning-tree mode mstp
no aaa root
username {username} privilege 15 role network-admin secret sha512 <removed>
{links}interface Loopback0
   description router id
   ip address {router_id}/32
interface Management1
   description management
   ip address {management}/12
ip routing
router ospf 1
   router-id {router_id}
   passive-interface Loopback0
   network 10.0.0.0/8 area 0.0.0.0
   max-lsa 12000
"""
LINK = """\
interface Ethernet{number}
   description to {peer} Ethernet{peer_number}
   no switchport
   ip address {address}/30
   ip ospf cost 1
"""
KINDS = ("Ethernet", "Loopback", "Management", "Vlan", "Port-Channel", "Vxlan", "Tunnel")
SHORT = {"Ethernet": "Et", "Loopback": "Lo", "Management": "Ma", "Vlan": "Vl", "Port-Channel": "Po", "Vxlan": "Vx", "Tunnel": "Tu"}
INVALID = "% Invalid input\n"
INCOMPLETE = "% Incomplete command\n"


def boot(device: Device, router: Router) -> ConfigTree:
    """The configuration of a switch at its place in the network."""
    links = "".join(
        LINK.format(number=number, peer=link.peer, peer_number=link.peer_position + 1, address=link.address)
        for number, link in enumerate(router.links, start=1)
    )
    return ConfigTree(
        START.format(name=device.name, username=device.username, router_id=router.router_id, management=router.management, links=links)
    )


def shown(config: ConfigTree, which: str) -> str:
    """A configuration as `show` gives it; `which`: `running-config` or `startup-config`."""
    head = f"! Command: show {which}\n! device: {config.hostname} (vEOS-lab, EOS-{RELEASE})\n!\n"
    return head + "! boot system flash:/vEOS-lab.swi\n" + config.render(indent=3)


def full_name(text: str) -> str:
    """The full name of an interface from a short form (`et1`, `lo 0`); other text as it is."""
    text = "".join(text.split())
    letters = text.rstrip("0123456789/.")
    kind = next((kind for kind in KINDS if letters and kind.lower().startswith(letters.lower())), letters)
    return kind + text[len(letters) :]


def short_name(name: str) -> str:
    """The short form that EOS writes into its prompts and tables; any other text as it is."""
    kind = next((kind for kind in KINDS if name.startswith(kind) and name[len(kind) :][:1].isdecimal()), "")
    return SHORT[kind] + name[len(kind) :] if kind else name


def section_line(words: str, rest: str) -> str | None:
    """The line that opens a section, with an interface's name written out; None when it cannot be one."""
    if words == "interface":
        rest = full_name(rest)
        if not re.fullmatch(rf"(?:{'|'.join(KINDS)})\d+(?:/\d+)*(?:\.\d+)?", rest):
            return None
    if words == "vlan" and not re.fullmatch(r"\d+(?:[,-]\d+)*", rest):
        return None
    return f"{words} {rest}"


def check(line: str, section: Path) -> Reply | None:
    """What EOS objects to in a line of configuration; None when it takes it."""
    words = line.split()
    inside = section[0].split()[0] if section else ""
    if words[:2] == ["ip", "address"] and inside == "interface":
        return _address("/".join(words[2:4]))
    if words[0] == "network" and section and section[0].startswith("router ospf"):
        if len(words) > 1 and not _is_interface_address(words[1]):
            return Reply(output=INVALID, refused=True)
        return Reply(output=INCOMPLETE, refused=True) if len(words) < 4 else None
    if words[0] == "mtu" and not (words[1].isdecimal() and 68 <= int(words[1]) <= 9214):
        return Reply(output=INVALID, refused=True)
    if words[0] == "hostname" and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", words[1]):
        return Reply(output=f"% Host name {words[1]} contains illegal characters\n", refused=True)
    return None


def stored(line: str) -> str:
    """A line as the configuration shows it: secrets hashed, an address with the length of its prefix."""
    words = line.split()
    if words[:2] == ["ip", "address"] and len(words) == 4:
        return f"ip address {IPv4Interface('/'.join(words[2:])).with_prefixlen}"
    match = re.match(r"(username .*?secret|enable (?:password|secret)) (?:0 )?(\S+)$", " ".join(words))
    return f"{match[1]} sha512 $6${hashlib.sha256(match[2].encode()).hexdigest()}" if match else line


def save(session: Session, values: tuple[str, ...]) -> Reply:
    """Keep the running configuration."""
    if session.node.faults.refuse_save:
        return Reply(output="% Error copying system:/running-config to flash:/startup-config (No space left on device)\n", refused=True)
    session.node.saved = session.node.config.copy()
    return Reply(output="Copy completed successfully.\n")


def _place(place: str, section: Path) -> str:
    """`config-if-Et1`: the prompt names the section, a route-map without its sequence."""
    name = next(words for words in sorted(EOS.sections, key=len, reverse=True) if section[-1].startswith(words))
    return place.format(name=short_name(section[-1].removeprefix(name).split()[0]))


def _is_interface_address(text: str) -> bool:
    try:
        IPv4Interface(text)
    except ValueError:
        return False
    return True


def _address(text: str) -> Reply | None:
    if text == "dhcp":
        return None
    if not _is_interface_address(text):
        return Reply(output=INVALID, refused=True)
    return Reply(output=INCOMPLETE, refused=True) if "/" not in text else None


EOS = Dialect(
    words=words.TOP,
    section_words=words.SECTION,
    alone=words.ALONE,
    sections={
        "interface": "config-if-{name}",
        "router ospf": "config-router-ospf",
        "router bgp": "config-router-bgp",
        "vlan": "config-vlan-{name}",
        "vrf instance": "config-vrf-{name}",
        "route-map": "config-route-map-{name}",
        "ip access-list": "config-acl-{name}",
        "management ssh": "config-mgmt-ssh",
        "management api": "config-mgmt-api",
        "management console": "config-mgmt-console",
    },
    section_line=section_line,
    place=_place,
    check=check,
    stored=stored,
    refused="% Authorization denied for command 'configure terminal'\n",
)
