"""The words that EOS knows in configuration mode, in the form of those of IOS."""

from __future__ import annotations

from runner.lab.personalities import cisco_ios_words as ios

TOP = dict.fromkeys(
    (
        "hostname", "username", "alias", "dns", "transceiver", "mac", "mlag", "queue-monitor", "sflow", "system", "switch",
        "event-handler", "prompt", "daemon", "default", "boot", "agent", "hardware", "platform", "monitor", "role", "terminal",
        "load-interval", "environment", "mpls", "qos", "traffic-policies", "vrf", "tap", "ptp", "port-channel", "permit", "domain",
    ),
    "",
) | {
    "aaa": "accounting authentication authorization group policy root",
    "clock": "source timezone",
    "enable": "password secret",
    "errdisable": "detect flap-setting recovery",
    "ip": "arp as-path community-list dhcp domain domain-list domain-lookup domain-name extcommunity-list ftp hardware host http icmp igmp"
    " large-community-list load-sharing local msdp multicast multicast-routing name-server nat ospf pim prefix-list radius route routing"
    " security ssh tacacs telnet tftp virtual-router",
    "ipv6": "access-list dhcp hardware icmp nd neighbor prefix-list route router unicast-routing",
    "lldp": "holdtime management-address med receive reinit run timer tlv tlv-select",
    "logging": "buffered console event facility format host level monitor on persistent policy qos relogging-interval repeat-messages"
    " source-interface synchronous trap vrf",
    "ntp": "authenticate authentication-key local-interface qos serve server trusted-key",
    "radius-server": "attribute deadtime dynamic-authorization host key qos retransmit timeout tls",
    "service": "configuration interface routing running-config sequence-numbers unsupported-transceiver",
    "snmp-server": "chassis-id community contact enable engineID extension group host ipv4 ipv6 local-interface location objects qos"
    " transmit transport user view vrf",
    "spanning-tree": "bpduguard edge-port etherchannel forward-time guard hello-time logging loopguard max-age max-hops mode mst pathcost"
    " portchannel portfast priority root transmit vlan vlan-id",
    "tacacs-server": "host key policy qos timeout username",
}  # fmt: skip
SECTION = (
    ios.SECTION
    | dict.fromkeys(
        (
            "no-switchport", "max-lsa", "idle-timeout", "protocol", "trunk", "peer", "bfd", "isis", "vxlan", "phone", "mlag", "mac", "lacp",
            "qos", "ptp", "bpdu", "local-as", "maximum-routes", "seq", "graceful-restart", "login", "vrf",
        ),
        "",
    )
    | {
        "encapsulation": "dot1q vlan",
        "ip": "access-group address attached-routes dhcp helper-address icmp igmp local-proxy-arp mfib multicast nat ospf pim proxy-arp rip"
        " unnumbered verify virtual-router",
        "ipv6": "access-group address dhcp enable mld nd ospf pim unnumbered verify virtual-router",
        "lldp": "med receive tlv transmit ztp",
        "logging": "event",
        "redistribute": "aggregate attached-host bgp connected dynamic isis ospf ospf3 ospfv3 rip static user",
        "storm-control": "all broadcast multicast unicast unknown-unicast",
        "switchport": "access backup-link default dot1q mac mode monitor phone port-security private-vlan source source-interface tap tool"
        " trunk vlan",
    }
)  # fmt: skip
ALONE = ("shutdown", "switchport", "exit-address-family", "bfd", "isis")
BANNERS = ("motd", "login")
