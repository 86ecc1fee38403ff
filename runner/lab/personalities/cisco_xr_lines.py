"""What IOS-XR knows of single lines of configuration: the words, where a section stands, and what it hides."""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv4Interface

from runner.lab.config_tree import ConfigTree, Path
from runner.lab.device import Device
from runner.lab.personalities import cisco_ios_lines as ios
from runner.lab.personality import Reply
from runner.lab.topology import Router

START = """\
hostname {name}
logging console disable
domain name lab.example
username {username}
 group root-lr
 secret 10 <removed>
ntp server 172.16.0.1
line default
 exec-timeout 30 0
interface Loopback0
 description router id
 ipv4 address {router_id} 255.255.255.255
interface MgmtEth0/RP0/CPU0/0
 description management
 ipv4 address {management} 255.240.0.0
{links}router ospf 1
 router-id {router_id}
 area 0
  interface Loopback0
   passive enable
{ospf}ssh server v2
"""
LINK = """\
interface GigabitEthernet0/0/0/{number}
 description to {peer} GigabitEthernet0/0/0/{peer_number}
 ipv4 address {address} 255.255.255.252
"""
OSPF = """\
  interface GigabitEthernet0/0/0/{number}
   cost 1
"""
KINDS = ("GigabitEthernet", "TenGigE", "HundredGigE", "Loopback", "MgmtEth", "Bundle-Ether", "BVI", "tunnel-ip", "Null")
SECTIONS = {
    "interface": "config-if",
    "router ospf": "config-ospf",
    "area": "config-ospf-ar",
    "router bgp": "config-bgp",
    "neighbor": "config-bgp-nbr",
    "router static": "config-static",
    "address-family": "config-af",
    "line": "config-line",
    "username": "config-un",
    "vrf": "config-vrf",
    "ipv4 access-list": "config-ipv4-acl",
    "class-map": "config-cmap",
    "policy-map": "config-pmap",
}
_SECRET = re.compile(r"^((?:.* )?(?:secret|password|key)) (?:0 )?(\S+)$")


def boot(device: Device, router: Router) -> ConfigTree:
    """The configuration of a router at its place in the network."""
    ends = list(enumerate(router.links, start=1))
    links = "".join(LINK.format(number=n, peer=link.peer, peer_number=link.peer_position + 1, address=link.address) for n, link in ends)
    return ConfigTree(
        START.format(
            name=device.name, username=device.username, router_id=router.router_id, management=router.management, links=links,
            ospf="".join(OSPF.format(number=number) for number, _ in ends),
        )
    )  # fmt: skip


def full_name(text: str) -> str:
    """The full name of an interface from a short form (`gi0/0/0/1`, `lo 0`); other text as it is."""
    text = "".join(text.split())
    match = re.match(r"[A-Za-z-]+", text)
    letters = match.group() if match else ""
    kind = next((kind for kind in KINDS if letters and kind.lower().startswith(letters.lower())), letters)
    return kind + text[len(letters) :]


def short_name(name: str) -> str:
    """The short form that IOS-XR writes into its tables."""
    return name.replace("GigabitEthernet", "Gi").replace("Loopback", "Lo").replace("MgmtEth", "Mg")


def section_line(words: str, rest: str) -> str | None:
    """The line that opens a section, with an interface's name written out; None when it cannot be one."""
    if words == "interface":
        rest = full_name(rest)
        if not re.fullmatch(rf"(?:{'|'.join(KINDS)})\d+(?:/\w+)*(?:\.\d+)?", rest):
            return None
    return f"{words} {rest}"


def opened(section: Path, line: str) -> Path | None:
    """Where a section stands: areas in OSPF, their interfaces in them, neighbours in BGP, address families in what has them."""
    word = line.split()[0]
    ospf = bool(section) and section[0].startswith("router ospf ")
    if word == "area":
        return (section[0], line) if ospf else None
    if word == "neighbor":
        return (section[0], line) if section and section[0].startswith("router bgp ") else None
    if word == "address-family":
        above = section[:-1] if section and section[-1].startswith("address-family ") else section
        return (*above, line) if above else None
    if word == "interface" and ospf and len(section) > 1:
        return (*section[:2], line)
    return (line,)


def place(text: str, section: Path) -> str:
    """An interface of OSPF is another place than an interface."""
    return "config-ospf-ar-if" if len(section) > 2 and section[-1].startswith("interface ") else text


def check(line: str, section: Path) -> Reply | None:
    """What IOS-XR objects to in a line before any commit; None when it takes it."""
    words = line.split()
    if words[:2] == ["ipv4", "address"] and section and section[-1].startswith("interface "):
        return _address(words[2:])
    if words[0] == "mtu" and not (words[1].isdecimal() and 64 <= int(words[1]) <= 65535):
        return Reply(invalid=True, wrong=words[1])
    return None


def stored(line: str) -> str:
    """A line as the configuration shows it: secrets hashed."""
    match = _SECRET.match(" ".join(line.split()))
    return f"{match[1]} 10 $6${hashlib.sha256(match[2].encode()).hexdigest()}" if match else line


def _address(words: list[str]) -> Reply | None:
    if words[:1] == ["dhcp"]:
        return None
    if len(words) == 1 and "/" not in words[0]:
        return Reply(output=ios.INCOMPLETE, refused=True)
    for count in range(1, len(words[:2]) + 1):
        try:
            IPv4Interface("/".join(words[:count]))
        except ValueError:
            return Reply(invalid=True, wrong=words[count - 1])
    return None
