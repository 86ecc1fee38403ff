"""The configuration that a simulated IOS router starts with."""

from __future__ import annotations

from runner.lab.config_tree import ConfigTree
from runner.lab.device import Device
from runner.lab.topology import Router

START = """\
version 15.7
service timestamps debug datetime msec
service timestamps log datetime msec
service password-encryption
hostname {name}
no aaa new-model
no ip domain lookup
ip domain name lab.example
ip cef
username {username} privilege 15 secret 9 <removed>
interface Loopback0
 description router id
 ip address {router_id} 255.255.255.255
interface GigabitEthernet0/0
 description management
 ip address {management} 255.240.0.0
 duplex auto
 speed auto
{links}router ospf 1
 router-id {router_id}
 passive-interface Loopback0
 network 10.0.0.0 0.255.255.255 area 0
ip ssh version 2
ntp server 172.16.0.1
line con 0
line vty 0 4
 login local
 transport input ssh
"""
LINK = """\
interface GigabitEthernet0/{number}
 description to {peer} GigabitEthernet0/{peer_number}
 ip address {address} 255.255.255.252
 ip ospf cost 1
 duplex auto
 speed auto
"""


def boot(device: Device, router: Router) -> ConfigTree:
    """The configuration of a router at its place in the network."""
    links = "".join(
        LINK.format(number=number, peer=link.peer, peer_number=link.peer_position + 1, address=link.address)
        for number, link in enumerate(router.links, start=1)
    )
    return ConfigTree(
        START.format(name=device.name, username=device.username, router_id=router.router_id, management=router.management, links=links)
    )
