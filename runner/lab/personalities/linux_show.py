"""What a Linux machine tells about itself: addresses, routes, disks, how long it runs."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.lab.personalities.linux_system import LinuxSystem

KERNEL = "6.1.0-13-amd64"
BUILD = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)"
DISKS = """\
Filesystem      {size:>5s}  Used Avail Use% Mounted on
udev            {small:>5s}     0 {small:>5s}   0% /dev
/dev/vda1       {large:>5s} {used:>5s} {free:>5s}  25% /
tmpfs           {small:>5s}     0 {small:>5s}   0% /dev/shm
"""


def uname(system: LinuxSystem, options: str) -> str:
    """`uname`, with letters of options in any order."""
    everything = {"s": "Linux", "n": system.hostname, "r": KERNEL, "v": BUILD, "m": "x86_64", "o": "GNU/Linux"}
    wanted = "snrvmo" if "a" in options else options or "s"
    return " ".join(value for letter, value in everything.items() if letter in wanted) + "\n"


def uptime() -> str:
    """`uptime`."""
    return f" {datetime.now(UTC):%H:%M:%S} up 54 days,  4:11,  1 user,  load average: 0.08, 0.03, 0.01\n"


def date() -> str:
    """`date`."""
    return f"{datetime.now(UTC):%a %b %e %H:%M:%S} UTC {datetime.now(UTC).year}\n"


def disks(*, human: bool) -> str:
    """`df`."""
    if human:
        return DISKS.format(size="Size", small="2.0G", large="20G", used="4.7G", free="15G")
    return DISKS.format(size="1K-blocks", small="2014000", large="20466256", used="4902144", free="14499148")


def _head(system: LinuxSystem, number: int, name: str, mac: str) -> str:
    if name == "lo":
        flags, facts, kind = "LOOPBACK,UP,LOWER_UP", "mtu 65536 qdisc noqueue state UNKNOWN", f"loopback {mac} brd {mac}"
    else:
        up = name not in system.down
        flags = "BROADCAST,MULTICAST,UP,LOWER_UP" if up else "BROADCAST,MULTICAST"
        facts, kind = f"mtu 1500 qdisc fq_codel state {'UP' if up else 'DOWN'}", f"ether {mac} brd ff:ff:ff:ff:ff:ff"
    return f"{number}: {name}: <{flags}> {facts} group default qlen 1000\n    link/{kind}\n"


def addresses(system: LinuxSystem, only: str = "") -> str:
    """`ip address show`, of one interface or of all."""
    text = ""
    for number, interface in enumerate(system.interfaces, start=1):
        if only not in ("", interface.name):
            continue
        text += _head(system, number, interface.name, interface.mac)
        for address in interface.addresses:
            brd = f"brd {address.network.broadcast_address} " if address.network.prefixlen < 31 and interface.name != "lo" else ""
            scope = "host" if address.is_loopback else "global"
            text += f"    inet {address} {brd}scope {scope} {interface.name}\n       valid_lft forever preferred_lft forever\n"
    return text


def links(system: LinuxSystem) -> str:
    """`ip link show`."""
    return "".join(_head(system, number, each.name, each.mac) for number, each in enumerate(system.interfaces, start=1))


def routes(system: LinuxSystem) -> str:
    """`ip route show`."""
    text = "default via 172.16.0.1 dev eth0 proto static\n"
    for interface in system.interfaces:
        if interface.name == "lo" or interface.name in system.down:
            continue
        for address in interface.addresses:
            text += f"{address.network} dev {interface.name} proto kernel scope link src {address.ip}\n"
    return text
