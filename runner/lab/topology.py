"""Who is cabled to whom: a network computed from the devices' order alone, the same every time.

A ring through all routers, and a second ring through every sixth of them. Links are /30 networks of 10.0.0.0/8,
loopbacks (which are the OSPF router ids) 10.255.0.0/16, management addresses 172.16.0.0/12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

CHORD = 6
MAXIMUM = 5000
_LINKS, _LOOPBACKS, _MANAGEMENT = (int(IPv4Address(text)) for text in ("10.0.0.0", "10.255.0.0", "172.16.0.0"))


@dataclass(frozen=True, kw_only=True)
class Link:
    """One end of a cable between two routers."""

    number: int
    address: IPv4Address
    network: IPv4Network
    peer: str
    peer_number: int
    peer_router_id: IPv4Address
    peer_address: IPv4Address
    peer_position: int

    @property
    def designated(self) -> IPv4Address:
        """The designated router's address: the end with the higher router id (addresses rise with router ids)."""
        return max(self.address, self.peer_address)


@dataclass(frozen=True, kw_only=True)
class Router:
    """A device's place in the network; `number` counts from 1, `links` are in the order of its interfaces."""

    name: str
    number: int
    router_id: IPv4Address
    management: IPv4Address
    links: tuple[Link, ...]


def network(names: Sequence[str]) -> dict[str, Router]:
    """The routers by name. From three on, each has at least two neighbours."""
    pairs = _pairs(len(names))
    ends: list[list[int]] = [[] for _ in names]
    for index, (low, high) in enumerate(pairs):
        ends[low].append(index)
        ends[high].append(index)

    def link(here: int, index: int) -> Link:
        low, high = pairs[index]
        there = high if here == low else low
        base = _LINKS + 4 * index
        return Link(
            number=index,
            address=IPv4Address(base + (1 if here == low else 2)),
            network=IPv4Network((base, 30)),
            peer=names[there],
            peer_number=there + 1,
            peer_router_id=IPv4Address(_LOOPBACKS + there + 1),
            peer_address=IPv4Address(base + (2 if here == low else 1)),
            peer_position=ends[there].index(index),
        )

    return {
        name: Router(
            name=name,
            number=number + 1,
            router_id=IPv4Address(_LOOPBACKS + number + 1),
            management=IPv4Address(_MANAGEMENT + number + 1),
            links=tuple(link(number, index) for index in ends[number]),
        )
        for number, name in enumerate(names)
    }


def _pairs(count: int) -> list[tuple[int, int]]:
    if count < 2:
        return []
    if count == 2:
        return [(0, 1), (0, 1)]
    ring = {(min(pair), max(pair)) for pair in zip(range(count), [*range(1, count), 0], strict=True)}
    chords = range(0, count, CHORD)
    ring |= {(min(pair), max(pair)) for pair in zip(chords, [*chords[1:], 0], strict=True) if pair[0] != pair[1]}
    return sorted(ring)
