"""What IOS shows about OSPF: one area over the whole fleet, so that the routers' answers fit together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from runner.lab.personalities.interface_facts import configured
from runner.lab.personality import Node
from runner.lab.topology import Link

Hop = tuple[IPv4Address, int]
"""Next router's address, and the number of the interface to it."""

CODES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override

Gateway of last resort is not set

"""


def up_links(node: Node) -> Iterator[tuple[int, Link]]:
    """Interface number and link, where neither end is shut down."""
    for number, link in enumerate(node.router.links, start=1):
        if not node.is_shut(number) and not node.fleet[link.peer].is_shut(link.peer_position + 1):
            yield number, link


def neighbors(node: Node) -> str:
    """`show ip ospf neighbor`."""
    head = "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n"
    return head + "".join(
        f"{link.peer_router_id!s:<15s} {1:3d}   {'FULL/DR' if link.designated == link.peer_address else 'FULL/BDR':<15s} "
        f"00:00:{31 + (node.router.number + number) % 9:02d}    {link.peer_address!s:<15s} GigabitEthernet0/{number}\n"
        for number, link in up_links(node)
    )


def interface_brief(node: Node) -> str:
    """`show ip ospf interface brief`."""
    head = "Interface    PID   Area            IP Address/Mask    Cost  State Nbrs F/C\n"
    rows = [f"Lo0          1     0               {f'{node.router.router_id}/32':<18s} 1     LOOP  0/0\n"]
    up = {number for number, _ in up_links(node)}
    for number, link in enumerate(node.router.links, start=1):
        full = 1 if number in up else 0
        state = "DOWN" if node.is_shut(number) else "DR" if link.designated == link.address or not full else "BDR"
        rows.append(f"Gi0/{number:<8d} 1     0               {f'{link.address}/30':<18s} 1     {state:<5s} {full}/{full}\n")
    return head + "".join(rows)


def database(node: Node) -> str:
    """`show ip ospf database`: the same on every router of the fleet, apart from its own name."""
    text = f"\n            OSPF Router with ID ({node.router.router_id}) (Process ID 1)\n"
    text += "\n\t\tRouter Link States (Area 0)\n\nLink ID         ADV Router      Age         Seq#       Checksum Link count\n"
    networks = ""
    for other in node.fleet.values():
        router_id, number = str(other.router.router_id), other.router.number
        facts = f"{100 + number * 7 % 1700:<11d} 0x{0x80000003 + number % 5:08X} 0x{number * 2654435761 % 65536:06X}"
        links = list(up_links(other))
        text += f"{router_id:<15s} {router_id:<15s} {facts} {len(links) + 1}\n"
        networks += "".join(f"{link.address!s:<15s} {router_id:<15s} {facts}\n" for _, link in links if link.designated == link.address)
    head = "\n\t\tNet Link States (Area 0)\n\nLink ID         ADV Router      Age         Seq#       Checksum\n"
    return text + (head + networks if networks else "")


def process(node: Node) -> str:
    """`show ip ospf`, its first lines."""
    return (
        f' Routing Process "ospf 1" with ID {node.router.router_id}\n Start time: 00:00:04.120, Time elapsed: 3w2d\n'
        " Supports only single TOS(TOS0) routes\n Supports opaque LSA\n SPF schedule delay 5 secs, Hold time between two SPFs 10 secs\n"
        " Number of areas in this router is 1. 1 normal 0 stub 0 nssa\n    Area BACKBONE(0)\n"
        f"        Number of interfaces in this area is {len(node.router.links) + 1} (1 loopback)\n"
        "        Area has no authentication\n"
    )


def protocols(node: Node) -> str:
    """`show ip protocols`."""
    sources = "".join(f"    {other.router.router_id!s:<16s} 110      00:21:07\n" for other in node.fleet.values() if other is not node)
    return (
        '*** IP Routing is NSF aware ***\n\nRouting Protocol is "ospf 1"\n  Outgoing update filter list for all interfaces is not set\n'
        f"  Incoming update filter list for all interfaces is not set\n  Router ID {node.router.router_id}\n"
        "  Number of areas in this router is 1. 1 normal 0 stub 0 nssa\n  Maximum path: 4\n  Routing for Networks:\n"
        "    10.0.0.0 0.255.255.255 area 0\n  Passive Interface(s):\n    Loopback0\n  Routing Information Sources:\n"
        f"    Gateway         Distance      Last Update\n{sources}  Distance: (default is 110)\n\n"
    )


def routes(node: Node) -> str:
    """`show ip route`."""
    found = learned(node)
    rows: dict[IPv4Network, str] = {network: _ospf_row(network, *route) for network, route in found.items()}
    management = ""
    for port in configured(node):
        if port.address is None or port.shut:
            continue
        network, own = port.address.network, IPv4Network(port.address.ip)
        direct = f"C        {network} is directly connected, {port.name}\n"
        local = f"L        {own} is directly connected, {port.name}\n" if network != own else ""
        if port.address.ip in IPv4Network("10.0.0.0/8"):
            rows |= {own: local, network: direct}
        elif port.address.ip in IPv4Network("172.16.0.0/12"):
            management += direct + local
    text = CODES + f"      10.0.0.0/8 is variably subnetted, {len(rows)} subnets, 2 masks\n"
    text += "".join(rows[network] for network in sorted(rows))
    return text + ("      172.16.0.0/12 is variably subnetted, 2 subnets, 2 masks\n" + management if management else "")


def ospf_routes(node: Node) -> str:
    """`show ip route ospf`."""
    found = learned(node)
    rows = "".join(_ospf_row(network, *found[network]) for network in sorted(found))
    return CODES + f"      10.0.0.0/8 is variably subnetted, {len(found) + 2 * len(node.router.links) + 1} subnets, 2 masks\n" + rows


def _ospf_row(network: IPv4Network, metric: int, hops: list[Hop]) -> str:
    head = f"O        {network} "
    parts = [f"[110/{metric}] via {address}, 00:21:07, GigabitEthernet0/{number}\n" for address, number in hops]
    return head + (" " * len(head)).join(parts)


def learned(node: Node) -> dict[IPv4Network, tuple[int, list[Hop]]]:
    """Networks that are not this router's own: the lowest metric, and up to four ways that have it."""
    own = {link.network for _, link in up_links(node)}
    found: dict[IPv4Network, tuple[int, list[Hop]]] = {}
    for name, (distance, hops) in _distances(node).items():
        other = node.fleet[name]
        if other is node:
            continue
        reached = [IPv4Network(other.router.router_id), *(link.network for _, link in up_links(other))]
        for network in reached:
            metric, ways = found.get(network, (distance + 2, []))
            if network not in own and distance + 1 <= metric:
                merged = sorted({*hops, *(ways if distance + 1 == metric else [])})
                found[network] = (distance + 1, merged[:4])
    return found


def _distances(node: Node) -> dict[str, tuple[int, list[Hop]]]:
    """Cost to every router and the first hops of the shortest ways (each link costs 1)."""
    found: dict[str, tuple[int, list[Hop]]] = {node.device.name: (0, [])}
    waiting = deque([node])
    while waiting:
        here = waiting.popleft()
        distance, hops = found[here.device.name]
        for number, link in up_links(here):
            first = [(link.peer_address, number)] if here is node else hops
            known = found.get(link.peer)
            if known is None:
                found[link.peer] = (distance + 1, list(first))
                waiting.append(node.fleet[link.peer])
            elif known[0] == distance + 1:
                found[link.peer] = (known[0], sorted({*known[1], *first}))
    return found
