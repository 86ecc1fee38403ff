"""What IOS shows about a router itself: version, interfaces, inventory, neighbours on the cable."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.lab.personalities.cisco_ios_lines import full_name
from runner.lab.personalities.interface_facts import Port, configured
from runner.lab.personality import Node

RELEASES = {"core": ("15.7(3)M5", "fc1"), "edge": ("15.7(3)M5", "fc1"), "access": ("15.5(3)M4a", "fc1")}

VERSION = """\
Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE ({release})
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2020 by Cisco Systems, Inc.
Compiled Tue 04-Feb-20 03:02 by prod_rel_team

ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)

{name} uptime is {weeks} weeks, {days} days, 4 hours, {minutes} minutes
System returned to ROM by power-on
System image file is "flash:c2900-universalk9-mz.SPA.{file}.bin"
Last reload type: Normal Reload
Last reload reason: power-on

Cisco CISCO2911/K9 (revision 1.0) with 483328K/40960K bytes of memory.
Processor board ID {serial}
{ports} Gigabit Ethernet interfaces
1 terminal line
DRAM configuration is 64 bits wide with parity enabled.
255K bytes of non-volatile configuration memory.
249856K bytes of ATA System CompactFlash 0 (Read/Write)

Configuration register is 0x2102

"""
INTERFACE = """\
{name} is {status}, line protocol is {protocol}
  Hardware is {hardware}{mac}
{description}{address}  MTU {mtu} bytes, BW {bandwidth} Kbit/sec, DLY {delay} usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation {encapsulation}, loopback not set
  Keepalive set (10 sec)
{duplex}  Last input 00:00:01, output 00:00:03, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0
  Queueing strategy: fifo
  Output queue: 0/40 (size/max)
  5 minute input rate {rate} bits/sec, 2 packets/sec
  5 minute output rate {rate} bits/sec, 2 packets/sec
     {packets} packets input, {octets} bytes, 0 no buffer
     Received 0 broadcasts (0 IP multicasts)
     0 runts, 0 giants, 0 throttles
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     {packets} packets output, {octets} bytes, 0 underruns
     0 output errors, 0 collisions, 1 interface resets
"""


def serial(node: Node) -> str:
    """The serial number, as unique as the router."""
    return f"FTX{1840 + node.router.number // 1000}{node.router.number % 1000:03d}A"


def mac(number: int, port: int) -> str:
    """The hardware address of a router's port."""
    digits = f"0200{number:04x}{port:04x}"
    return ".".join(digits[start : start + 4] for start in (0, 4, 8))


def version(node: Node) -> str:
    """`show version`."""
    role = next((group for group in node.device.groups if group in RELEASES), "core")
    release, build = RELEASES[role]
    number = node.router.number
    return VERSION.format(
        version=release, release=build, name=node.config.hostname, weeks=number % 40 + 2, days=number % 6 + 1, minutes=number % 50 + 2,
        file=release.replace("(", "").replace(")", "-").replace(".", "", 1), serial=serial(node), ports=len(node.router.links) + 1,
    )  # fmt: skip


def clock(node: Node) -> str:
    """`show clock`, in the time that it is."""
    now = datetime.now(UTC)
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}\n"


def users(node: Node) -> str:
    """`show users`: the terminal lines in use."""
    head = "    Line       User       Host(s)              Idle       Location\n"
    rows = (
        f"{number + 2:4d} vty {number:<5d} {user:<10s} idle                 00:00:00   127.0.0.1\n"
        for number, user in sorted(node.lines.items())
    )
    return head + "".join(rows) + "\n  Interface    User               Mode         Idle     Peer Address\n\n"


def inventory(node: Node) -> str:
    """`show inventory`."""
    return (
        'NAME: "CISCO2911/K9 chassis", DESCR: "CISCO2911/K9 chassis"\n'
        f"PID: CISCO2911/K9      , VID: V07 , SN: {serial(node)}\n\n"
        'NAME: "C2911 AC Power Supply", DESCR: "C2911 AC Power Supply"\n'
        f"PID: PWR-2911-AC       , VID: V05 , SN: {serial(node).replace('FTX', 'QCS')}\n\n"
    )


def processes_cpu(node: Node) -> str:
    """`show processes cpu`."""
    busy = node.router.number % 7 + 1
    return (
        f"CPU utilization for five seconds: {busy}%/0%; one minute: {busy}%; five minutes: {busy}%\n"
        " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
        "   1           4          26        153  0.00%  0.00%  0.00%   0 Chunk Manager    \n"
        f"   2        1044       40277         25  0.0{busy}%  0.00%  0.00%   0 Load Meter       \n"
        "   3         404       12345         32  0.00%  0.00%  0.00%   0 OSPF-1 Hello     \n"
    )


def cdp_neighbors(node: Node) -> str:
    """`show cdp neighbors`."""
    head = (
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n"
        "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n"
        "                  D - Remote, C - CVTA, M - Two-port Mac Relay \n\n"
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
    )
    rows = (
        f"{link.peer:<16s} Gig 0/{number:<13d} {120 + number:<10d} {'R':<11s} CISCO2911 Gig 0/{link.peer_position + 1}\n"
        for number, link in enumerate(node.router.links, start=1)
    )
    return head + "".join(rows) + f"\nTotal cdp entries displayed : {len(node.router.links)}\n"


def arp(node: Node) -> str:
    """`show ip arp`."""
    text = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
    for number, link in enumerate(node.router.links, start=1):
        port = f"GigabitEthernet0/{number}"
        text += f"Internet  {link.address!s:<16s}         -  {mac(node.router.number, number)}  ARPA   {port}\n"
        text += f"Internet  {link.peer_address!s:<16s} {number + 7:9d}  {mac(link.peer_number, link.peer_position + 1)}  ARPA   {port}\n"
    return text


def ip_interface_brief(node: Node) -> str:
    """`show ip interface brief`."""
    head = "Interface                  IP-Address      OK? Method Status                Protocol\n"
    return head + "".join(
        f"{port.name:<26s} {port.ip:<15s} YES NVRAM  {port.status[0]:<21s} {port.status[1]:<8s}\n" for port in configured(node)
    )


def interfaces_description(node: Node) -> str:
    """`show interfaces description`."""
    head = "Interface                      Status         Protocol Description\n"
    return head + "".join(
        f"{short_name(port.name):<30s} {'admin down' if port.shut else 'up':<14s} {port.status[1]:<8s} {port.description}\n"
        for port in configured(node)
    )


def interfaces(node: Node) -> str:
    """`show interfaces`."""
    return "".join(_interface(node, index, port) for index, port in enumerate(configured(node)))


def interface(node: Node, name: str) -> str | None:
    """`show interfaces NAME`; None when there is no such one."""
    wanted = full_name(name)
    return next((_interface(node, index, port) for index, port in enumerate(configured(node)) if port.name.lower() == wanted.lower()), None)


def short_name(name: str) -> str:
    """The short form that IOS writes into its tables."""
    return name.replace("GigabitEthernet", "Gi").replace("Loopback", "Lo")


def _interface(node: Node, index: int, port: Port) -> str:
    address = mac(node.router.number, index)
    packets = 1000 * node.router.number + index
    return INTERFACE.format(
        name=port.name, status=port.status[0], protocol=port.status[1],
        hardware="CN Gigabit Ethernet" if port.physical else "Loopback",
        mac=f", address is {address} (bia {address})" if port.physical else "",
        description=f"  Description: {port.description}\n" if port.description else "",
        address=f"  Internet address is {port.address.with_prefixlen}\n" if port.address else "",
        mtu=1500 if port.physical else 1514, bandwidth=1000000 if port.physical else 8000000, delay=10 if port.physical else 5000,
        encapsulation="ARPA" if port.physical else "LOOPBACK",
        duplex="  Full Duplex, 1Gbps, media type is RJ45\n" if port.physical else "",
        rate=1000 * (index + 1), packets=packets, octets=packets * 97,
    )  # fmt: skip
