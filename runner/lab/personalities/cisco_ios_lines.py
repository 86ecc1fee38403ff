"""What IOS knows of single lines of configuration: the words, interface names, addresses and masks, and what it hides."""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv4Address

from runner.lab.personality import Reply

SECTIONS = {
    "interface": "config-if",
    "router": "config-router",
    "line": "config-line",
    "vlan": "config-vlan",
    "route-map": "config-route-map",
    "ip access-list standard": "config-std-nacl",
    "ip access-list extended": "config-ext-nacl",
    "class-map": "config-cmap",
    "policy-map": "config-pmap",
    "vrf definition": "config-vrf",
    "key chain": "config-keychain",
}
"""First words of a section -> what its prompt says."""

KINDS = (
    "GigabitEthernet", "FastEthernet", "TenGigabitEthernet", "Ethernet", "Loopback", "Vlan", "Tunnel", "Port-channel", "Serial", "Null",
)  # fmt: skip
INCOMPLETE = "% Incomplete command.\n\n"
_SECRET = re.compile(r"^((?:username|enable|tacacs|radius)\b.*?\b(?:secret|password|key)|key|key-string|password) (?:0 )?(\S+)$")


def full_name(text: str) -> str:
    """The full name of an interface from a short form (`gi0/1`, `lo 0`); other text as it is."""
    text = "".join(text.split())
    letters = text.rstrip("0123456789/.:")
    kind = next((kind for kind in KINDS if letters and kind.lower().startswith(letters.lower())), letters)
    return kind + text[len(letters) :]


def is_interface(name: str) -> bool:
    """Whether a full name can be an interface's."""
    return re.fullmatch(rf"(?:{'|'.join(KINDS)})\d+(?:/\d+)*(?:[.:]\d+)?", name) is not None


def section_line(words: str, rest: str) -> str | None:
    """The line that opens a section, with an interface's name written out; None when it cannot be one."""
    if words == "interface":
        rest = full_name(rest)
        if not is_interface(rest):
            return None
    return f"{words} {rest}"


def check(line: str, section: tuple[str, ...]) -> Reply | None:
    """What IOS objects to in a line of configuration; None when it takes it."""
    words = line.split()
    inside = section[0].split()[0] if section else ""
    if inside == "interface" and words[:2] == ["ip", "address"]:
        return _address(words[2:])
    if inside == "router" and words[0] == "network" and "ospf" in section[0]:
        return _network(words[1:])
    if words[0] in ("mtu", "bandwidth", "delay") and inside == "interface" and not words[1].isdecimal():
        return Reply(invalid=True, wrong=words[1])
    if words[0] == "hostname" and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", words[1]):
        return Reply(output="% Hostname contains one or more illegal characters.\n", refused=True)
    return None


def hashed(line: str) -> str:
    """A line as the configuration shows it: a secret in it is not readable any more, and always the same."""
    match = _SECRET.match(" ".join(line.split()))
    if match is None:
        return line
    return f"{match[1]} 9 $9${hashlib.sha256(match[2].encode()).hexdigest()[:43]}"


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _address(words: list[str]) -> Reply | None:
    """`ip address` takes an address and a mask of ones and then zeros."""
    if words[:1] in (["dhcp"], ["negotiated"]):
        return None
    wrong = next((word for word in words[:2] if not _is_address(word)), None)
    if wrong is not None:
        return Reply(invalid=True, wrong=wrong)
    if len(words) < 2:
        return Reply(output=INCOMPLETE, refused=True)
    mask = int(IPv4Address(words[1]))
    if (~mask & 0xFFFFFFFF) & ((~mask & 0xFFFFFFFF) + 1):
        return Reply(output=f"Bad mask 0x{mask:08X} for address {words[0]}\n", refused=True)
    return None


def _network(words: list[str]) -> Reply | None:
    """`network ADDRESS WILDCARD area N` of OSPF."""
    wrong = next((word for word in words[:2] if not _is_address(word)), None)
    if wrong is None and len(words) > 2 and words[2] != "area":
        wrong = words[2]
    if wrong is not None:
        return Reply(invalid=True, wrong=wrong)
    return Reply(output=INCOMPLETE, refused=True) if len(words) < 4 else None
