"""A Linux machine's own state: its name, its few files, its links and services, and who may read or write what."""

from __future__ import annotations

import posixpath
from copy import deepcopy
from dataclasses import dataclass, field
from ipaddress import IPv4Interface

from runner.lab.device import Device
from runner.lab.topology import Router

RELEASE = """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
"""
MOTD = "This system is simulated: nothing on it is real.\n"
SECRET = ("/etc/shadow",)
FOLDERS = ("/", "/etc", "/home", "/root", "/tmp", "/var", "/var/log", "/dev")  # noqa: S108  # of the simulated machine
SERVICES = ("ssh", "cron", "chrony", "networking", "frr")


class Denied(Exception):
    """What the kernel says of a path: `Permission denied`, `No such file or directory`, `Is a directory`."""


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network interface and its addresses."""

    name: str
    addresses: tuple[IPv4Interface, ...]
    mac: str = "00:00:00:00:00:00"


@dataclass(kw_only=True)
class LinuxSystem:
    """As a configuration (`str`) it is its name, its files and the links that are down. `restarts` counts those of each service."""

    hostname: str
    home: str
    interfaces: tuple[Interface, ...]
    files: dict[str, str]
    down: set[str] = field(default_factory=set)
    restarts: dict[str, int] = field(default_factory=dict)

    def copy(self) -> LinuxSystem:
        """An independent copy."""
        return deepcopy(self)

    def is_shut(self, number: int) -> bool:
        """Whether the port of the cable with this number (from 1) is down."""
        return f"eth{number}" in self.down

    def __str__(self) -> str:
        files = "".join(f"==> {path} <==\n{text}\n" for path, text in sorted(self.files.items()))
        return f"hostname {self.hostname}\n{''.join(f'down {name}{chr(10)}' for name in sorted(self.down))}\n{files}"

    def is_folder(self, path: str) -> bool:
        """Whether there is a directory."""
        return path in FOLDERS or path == self.home

    def names_in(self, folder: str) -> list[str]:
        """What is in a directory."""
        known = [*self.files, *(each for each in (*FOLDERS, self.home) if each != "/")]
        return sorted({posixpath.basename(path) for path in known if posixpath.dirname(path) == folder})

    def read(self, path: str, *, root: bool) -> str:
        """A file's text. Raises Denied."""
        if self.is_folder(path):
            raise Denied("Is a directory")
        if path not in self.files:
            raise Denied("No such file or directory")
        if path in SECRET and not root:
            raise Denied("Permission denied")
        return self.files[path]

    def write(self, path: str, text: str, *, append: bool, root: bool) -> bool:
        """Write a file; True when that changes the machine (not in `/dev`). Raises Denied."""
        if path == "/dev/null":
            return False
        self._check(path, root=root)
        self.files[path] = (self.files.get(path, "") if append else "") + text
        return True

    def remove(self, path: str, *, root: bool) -> None:
        """Delete a file. Raises Denied."""
        self._check(path, root=root)
        if path not in self.files:
            raise Denied("No such file or directory")
        del self.files[path]

    def _check(self, path: str, *, root: bool) -> None:
        folder = posixpath.dirname(path)
        if self.is_folder(path):
            raise Denied("Is a directory")
        if not self.is_folder(folder):
            raise Denied("No such file or directory")
        if not root and folder not in (self.home, "/tmp"):  # noqa: S108  # of the simulated machine
            raise Denied("Permission denied")


def boot(device: Device, router: Router) -> LinuxSystem:
    """A machine at its place in the network."""
    home = "/root" if device.username == "root" else f"/home/{device.username}"
    ports = [("eth0", f"{router.management}/12"), *((f"eth{n}", f"{link.address}/30") for n, link in enumerate(router.links, start=1))]
    loopback = Interface(name="lo", addresses=(IPv4Interface("127.0.0.1/8"), IPv4Interface(f"{router.router_id}/32")))
    mac = f"02:00:{router.number >> 8:02x}:{router.number & 255:02x}:00"
    cards = [Interface(name=name, addresses=(IPv4Interface(address),), mac=f"{mac}:{n:02x}") for n, (name, address) in enumerate(ports)]
    files = {
        "/etc/hostname": f"{device.name}\n",
        "/etc/os-release": RELEASE,
        "/etc/motd": MOTD,
        "/etc/resolv.conf": "nameserver 172.16.0.1\nsearch lab.example\n",
        "/etc/shadow": "root:<removed>:19000:0:99999:7:::\n",
        "/var/log/syslog": f"Nov 24 00:00:01 {device.name} systemd[1]: Started cron.service.\n",
    }
    return LinuxSystem(hostname=device.name, home=home, interfaces=(loopback, *cards), files=files)
