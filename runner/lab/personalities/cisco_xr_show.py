"""What IOS-XR shows about a router: version, interfaces, neighbours, routes."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.lab.personalities import cisco_ios_ospf as ospf
from runner.lab.personalities import cisco_ios_show as ios
from runner.lab.personalities.cisco_xr_lines import full_name, short_name
from runner.lab.personalities.interface_facts import Port, configured, peer_port
from runner.lab.personality import Node

VERSION = """\
Cisco IOS XR Software, Version 7.3.2
Copyright (c) 2013-2021 by Cisco Systems, Inc.

Build Information:
 Built By     : builder
 Built On     : Wed Oct 13 20:00:36 PDT 2021
 Built Host   : build-host
 Workspace    : /build/7.3.2/xrv9k/ws
 Version      : 7.3.2
 Location     : /opt/cisco/XR/packages/
 Label        : 7.3.2

cisco IOS-XRv 9000 () processor
System uptime is {weeks} weeks {days} days 4 hours {minutes} minutes

"""
INTERFACE = """\
{name} is {status}, line protocol is {protocol}
  Interface state transitions: 1
  Hardware is {hardware}{mac}
{description}{address}  MTU {mtu} bytes, BW {bandwidth} Kbit
     reliability 255/255, txload 0/255, rxload 0/255
  Encapsulation {encapsulation},  loopback not set,
{duplex}  Last input 00:00:00, output 00:00:03
  Last clearing of "show interface" counters never
  5 minute input rate {rate} bits/sec, 2 packets/sec
  5 minute output rate {rate} bits/sec, 2 packets/sec
     {packets} packets input, {octets} bytes, 0 total input drops
     0 drops for unrecognized upper-level protocol
     Received 0 broadcast packets, 0 multicast packets
              0 runts, 0 giants, 0 throttles, 0 parity
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort
     {packets} packets output, {octets} bytes, 0 total output drops
     Output 0 broadcast packets, 0 multicast packets
     0 output errors, 0 underruns, 0 applique, 0 resets
     0 output buffer failures, 0 output buffers swapped out
     1 carrier transitions

"""
CODES = """\

Codes: C - connected, S - static, R - RIP, B - BGP, (>) - Diversion path
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2, E - EGP
       i - ISIS, L1 - IS-IS level-1, L2 - IS-IS level-2
       L - local, G - DAGR, l - LISP, A - access/subscriber

Gateway of last resort is not set

"""


def version(node: Node) -> str:
    """`show version`."""
    number = node.router.number
    return VERSION.format(weeks=number % 40 + 2, days=number % 6 + 1, minutes=number % 50 + 2)


def clock(node: Node) -> str:
    """`show clock`, in the time that it is."""
    now = datetime.now(UTC)
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}\n"


def inventory(node: Node) -> str:
    """`show inventory`."""
    return (
        'NAME: "0/RP0", DESCR: "Cisco IOS-XRv 9000 Centralized Route Processor"\n'
        f"PID: R-IOSXRV9000-RP-C, VID: V01, SN: {ios.serial(node)}\n\n"
    )


def ip_interface_brief(node: Node) -> str:
    """`show ipv4 interface brief`."""
    head = "\nInterface                      IP-Address      Status          Protocol Vrf-Name\n"
    return head + "".join(
        f"{port.name:30s} {port.ip:15s} {'Shutdown' if port.shut else 'Up':15s} {port.status[1].capitalize():8s} default \n"
        for port in configured(node)
    )


def interfaces_brief(node: Node) -> str:
    """`show interfaces brief`."""
    head = (
        "\n               Intf       Intf        LineP              Encap  MTU        BW\n"
        f"               Name       State       State               Type (byte)    (Kbps)\n{'-' * 80}\n"
    )
    return head + "".join(
        f"{short_name(port.name):>19s} {'admin-down' if port.shut else 'up':>11s} {'admin-down' if port.shut else 'up':>11s} "
        f"{'ARPA' if port.physical else 'Loopback':>17s} {1514 if port.physical else 1500:5d} {1000000 if port.physical else 0:10d}\n"
        for port in configured(node)
    )


def interfaces_description(node: Node) -> str:
    """`show interfaces description`."""
    head = f"\nInterface          Status      Protocol    Description\n{'-' * 80}\n"
    state = {True: "admin-down", False: "up"}
    return head + "".join(
        f"{short_name(port.name):18s} {state[port.shut]:11s} {state[port.shut]:11s} {port.description}\n" for port in configured(node)
    )


def interfaces(node: Node) -> str:
    """`show interfaces`."""
    return "".join(_interface(node, index, port) for index, port in enumerate(configured(node)))


def interface(node: Node, name: str) -> str | None:
    """`show interfaces NAME`; None when there is no such one."""
    wanted = full_name(name).lower()
    return next((_interface(node, index, port) for index, port in enumerate(configured(node)) if port.name.lower() == wanted), None)


def arp(node: Node) -> str:
    """`show arp`."""
    text = f"\n{'-' * 79}\n0/0/CPU0\n{'-' * 79}\nAddress         Age        Hardware Addr   State      Type  Interface\n"
    for number, link in enumerate(node.router.links, start=1):
        port = f"GigabitEthernet0/0/0/{number}"
        text += f"{link.address!s:15s} -          {ios.mac(node.router.number, number)}  Interface  ARPA  {port}\n"
        peer = ios.mac(link.peer_number, link.peer_position + 1)
        text += f"{link.peer_address!s:15s} 00:{number + 7:02d}:12   {peer}  Dynamic    ARPA  {port}\n"
    return text


def lldp_neighbors(node: Node) -> str:
    """`show lldp neighbors`."""
    head = (
        "Capability codes:\n        (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
        "        (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
        "Device ID       Local Intf                      Hold-time  Capability      Port ID\n"
    )
    rows = (
        f"{link.peer:15s} {f'GigabitEthernet0/0/0/{number}':31s} 120        R               {peer_port(node, link)}\n"
        for number, link in enumerate(node.router.links, start=1)
    )
    return head + "".join(rows) + f"\nTotal entries displayed: {len(node.router.links)}\n\n"


def ospf_neighbors(node: Node) -> str:
    """`show ospf neighbor`."""
    up = list(ospf.up_links(node))
    head = (
        "\n* Indicates MADJ interface\n# Indicates Neighbor awaiting BFD session up\n\nNeighbors for OSPF 1\n\n"
        "Neighbor ID     Pri   State           Dead Time   Address         Interface\n"
    )
    rows = (
        f"{link.peer_router_id!s:15s} 1     {'FULL/DR' if link.designated == link.peer_address else 'FULL/BDR':15s} "
        f"00:00:{31 + (node.router.number + number) % 9:02d}    {link.peer_address!s:15s} GigabitEthernet0/0/0/{number}\n"
        "    Neighbor is up for 3w2d\n"
        for number, link in up
    )
    return head + "".join(rows) + f"\nTotal neighbor count: {len(up)}\n"


def routes(node: Node) -> str:
    """`show route`."""
    rows = {
        port.address.network: f"C    {port.address.network} is directly connected, 3w2d, {port.name}\n"
        for port in configured(node)
        if port.address is not None and not port.shut
    }
    for network, (metric, hops) in ospf.learned(node).items():
        head = f"O    {network} "
        lines = (f"[110/{metric}] via {address}, 00:21:07, GigabitEthernet0/0/0/{number}\n" for address, number in hops)
        rows[network] = head + (" " * len(head)).join(lines)
    return CODES + "".join(rows[network] for network in sorted(rows))


def _interface(node: Node, index: int, port: Port) -> str:
    packets = 1000 * node.router.number + index
    mac = ios.mac(node.router.number, index)
    ethernet = "Management Ethernet" if port.name.startswith("Mgmt") else "GigabitEthernet"
    return INTERFACE.format(
        name=port.name, status=port.status[0], protocol=port.status[0],
        hardware=ethernet if port.physical else "Loopback interface(s)",
        mac=f", address is {mac} (bia {mac})" if port.physical else "",
        description=f"  Description: {port.description}\n" if port.description else "",
        address=f"  Internet address is {port.address.with_prefixlen}\n" if port.address else "",
        mtu=1514 if port.physical else 1500, bandwidth=1000000 if port.physical else 0,
        encapsulation="ARPA" if port.physical else "Loopback",
        duplex="  Full-duplex, 1000Mb/s, link type is force-up\n" if port.physical else "",
        rate=1000 * (index + 1), packets=packets, octets=packets * 97,
    )  # fmt: skip
