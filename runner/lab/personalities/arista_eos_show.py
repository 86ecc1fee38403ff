"""What Arista EOS shows about a switch: version, interfaces, neighbours, routes."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.lab.personalities import cisco_ios_ospf as ospf
from runner.lab.personalities import cisco_ios_show as ios
from runner.lab.personalities.arista_eos_config import RELEASE, full_name, short_name
from runner.lab.personalities.interface_facts import Port, configured, peer_port
from runner.lab.personality import Node

VERSION = """\
Arista vEOS-lab
Hardware version:
Serial number: {serial}
Hardware MAC address: {mac}
System MAC address: {mac}

Software image version: {release}
Architecture: x86_64
Internal build version: {release}-26379303.4273F
Internal build ID: 034d4fb1-f0a7-4d0a-b2b5-4d1bb5d04e73
Image format version: 1.0

Uptime: {weeks} weeks, {days} days, 4 hours and {minutes} minutes
Total memory: 2006640 kB
Free memory: 1160028 kB

"""
ETHERNET = """\
  Hardware is Ethernet, address is {mac} (bia {mac})
{description}{address}  IP MTU 1500 bytes, BW 1000000 kbit
  Full-duplex, 1Gb/s, auto negotiation: off, uni-link: n/a
  {state} 23 days, 4 hours, 12 minutes, 5 seconds
  Loopback Mode : None
  2 link status changes since last clear
  Last clearing of "show interface" counters never
  5 minutes input rate {rate} bps (0.0% with framing overhead), 2 packets/sec
  5 minutes output rate {rate} bps (0.0% with framing overhead), 2 packets/sec
     {packets} packets input, {octets} bytes
     Received 0 broadcasts, 0 multicast
     0 runts, 0 giants
     0 input errors, 0 CRC, 0 alignment, 0 symbol, 0 input discards
     0 PAUSE input
     {packets} packets output, {octets} bytes
     Sent 0 broadcasts, 0 multicast
     0 output errors, 0 collisions
     0 late collision, 0 deferred, 0 output discards
     0 PAUSE output
"""
LOOPBACK = """\
  Hardware is Loopback
{description}{address}  IP MTU 65535 bytes
  {state} 23 days, 4 hours, 12 minutes, 5 seconds
"""
CODES = """\

VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       E2 - OSPF external type 2, N1 - OSPF NSSA external type 1,
       N2 - OSPF NSSA external type2, B - Other BGP Routes

Gateway of last resort is not set

"""


def version(node: Node) -> str:
    """`show version`."""
    number = node.router.number
    return VERSION.format(
        serial=f"SN{number:010d}", mac=ios.mac(number, 0), release=RELEASE,
        weeks=number % 40 + 2, days=number % 6 + 1, minutes=number % 50 + 2,
    )  # fmt: skip


def hostname(node: Node) -> str:
    """`show hostname`."""
    return f"Hostname: {node.config.hostname}\nFQDN:     {node.config.hostname}.lab.example\n"


def clock(node: Node) -> str:
    """`show clock`, in the time that it is."""
    now = datetime.now(UTC)
    return f"{now:%a %b} {now.day:2d} {now:%H:%M:%S} {now.year}\nTimezone: UTC\nClock source: NTP server (172.16.0.1)\n"


def ip_interface_brief(node: Node) -> str:
    """`show ip interface brief`: interfaces that have an address."""
    head = f"{'':76s}Address\n{'Interface':15s} {'IP Address':19s} {'Status':10s} {'Protocol':12s} {'MTU':>8s}    Owner\n"
    head += f"{'-' * 15} {'-' * 19} {'-' * 10} {'-' * 12} {'-' * 8} {'-' * 10}\n"
    return head + "".join(
        f"{port.name:15s} {port.address.with_prefixlen:19s} {'down' if port.shut else 'up':10s} {port.status[1]:12s} "
        f"{1500 if port.physical else 65535:8d}\n"
        for port in configured(node)
        if port.address is not None
    )


def interfaces_status(node: Node) -> str:
    """`show interfaces status`."""
    head = f"{'Port':10s} {'Name':24s} {'Status':12s} {'Vlan':8s} {'Duplex':6s} {'Speed':6s} {'Type':15s} Flags Encapsulation\n"
    return head + "".join(
        f"{short_name(port.name):10s} {port.description[:24]:24s} {'disabled' if port.shut else 'connected':12s} {'routed':8s} "
        f"{'full':6s} {'1G':6s} {'EbraTestPhyPort' if port.name.startswith('Et') else '10/100/1000':15s}\n"
        for port in configured(node)
        if port.physical
    )


def interfaces_description(node: Node) -> str:
    """`show interfaces description`."""
    head = f"{'Interface':30s} {'Status':14s} {'Protocol':18s} Description\n"
    return head + "".join(
        f"{short_name(port.name):30s} {'admin down' if port.shut else 'up':14s} {port.status[1]:18s} {port.description}\n"
        for port in configured(node)
    )


def interfaces(node: Node) -> str:
    """`show interfaces`."""
    return "".join(_interface(node, index, port) for index, port in enumerate(configured(node), start=1))


def interface(node: Node, name: str) -> str | None:
    """`show interfaces NAME`; None when there is no such one."""
    wanted = full_name(name).lower()
    return next((_interface(node, n, port) for n, port in enumerate(configured(node), start=1) if port.name.lower() == wanted), None)


def lldp_neighbors(node: Node) -> str:
    """`show lldp neighbors`."""
    count = len(node.router.links)
    head = (
        f"Last table change time   : 0:10:14 ago\nNumber of table inserts  : {count}\nNumber of table deletes  : 0\n"
        "Number of table drops    : 0\nNumber of table age-outs : 0\n\n"
        "Port          Neighbor Device ID       Neighbor Port ID           TTL\n"
        "------------- ------------------------ ------------------------- ----\n"
    )
    return head + "".join(
        f"{f'Et{number}':13s} {link.peer:24s} {peer_port(node, link):25s}  120\n" for number, link in enumerate(node.router.links, start=1)
    )


def arp(node: Node) -> str:
    """`show ip arp`."""
    return "Address         Age (sec)  Hardware Addr   Interface\n" + "".join(
        f"{link.peer_address!s:15s} {f'0:{number + 7:02d}:12':>9s}  {ios.mac(link.peer_number, link.peer_position + 1)}  Ethernet{number}\n"
        for number, link in enumerate(node.router.links, start=1)
    )


def ospf_neighbors(node: Node) -> str:
    """`show ip ospf neighbor`."""
    head = "Neighbor ID     Instance VRF      Pri State                  Dead Time   Address         Interface\n"
    return head + "".join(
        f"{link.peer_router_id!s:15s} 1        default  1   {'FULL/DR' if link.designated == link.peer_address else 'FULL/BDR':22s} "
        f"00:00:{31 + (node.router.number + number) % 9:02d}    {link.peer_address!s:15s} Ethernet{number}\n"
        for number, link in ospf.up_links(node)
    )


def ospf_interface_brief(node: Node) -> str:
    """`show ip ospf interface brief`."""
    head = "   Interface          Instance VRF        Area            IP Address         Cost  State      Nbrs\n"
    rows = [("Lo0", f"{node.router.router_id}/32", "DR", 0)]
    up = {number for number, _ in ospf.up_links(node)}
    for number, link in enumerate(node.router.links, start=1):
        full = int(number in up)
        state = "Down" if node.is_shut(number) else "DR" if link.designated == link.address or not full else "BDR"
        rows.append((f"Et{number}", f"{link.address}/30", state, full))
    return head + "".join(
        f"   {name:18s} 1        default    0.0.0.0         {address:18s} 10    {state:10s} {full}\n" for name, address, state, full in rows
    )


def routes(node: Node) -> str:
    """`show ip route`."""
    rows = {
        port.address.network: f" C        {port.address.network} is directly connected, {port.name}\n"
        for port in configured(node)
        if port.address is not None and not port.shut
    }
    for network, (metric, hops) in ospf.learned(node).items():
        head = f" O        {network} [110/{metric * 10}] "
        rows[network] = head + (" " * len(head)).join(f"via {address}, Ethernet{number}\n" for address, number in hops)
    return CODES + "".join(rows[network] for network in sorted(rows)) + "\n"


def _interface(node: Node, index: int, port: Port) -> str:
    state = ("administratively down", "down (disabled)") if port.shut else ("up", "up (connected)")
    packets = 1000 * node.router.number + index
    text = f"{port.name} is {state[0]}, line protocol is {state[1]}\n"
    address = f"  Internet address is {port.address.with_prefixlen}\n  Broadcast address is 255.255.255.255\n" if port.address else ""
    return text + (ETHERNET if port.physical else LOOPBACK).format(
        mac=ios.mac(node.router.number, index), address=address, state="Down" if port.shut else "Up",
        description=f"  Description: {port.description}\n" if port.description else "",
        rate=1000 * index, packets=packets, octets=packets * 97,
    )  # fmt: skip
