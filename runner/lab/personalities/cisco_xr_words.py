"""The words that IOS-XR knows in configuration mode, in the form of those of IOS."""

from __future__ import annotations

from runner.lab.personalities import cisco_ios_words as ios

TOP = dict.fromkeys(
    (
        "hostname", "logging", "username", "cdp", "lldp", "radius-server", "service", "alias", "vty-pool", "mpls", "multicast-routing",
        "segment-routing", "prefix-set", "control-plane", "tacacs", "fpd", "hw-module", "grpc", "netconf-yang", "ftp", "tftp", "exception",
        "telemetry", "evpn",
    ),
    "",
) | {
    "aaa": "accounting attribute authentication authorization default-taskgroup enable-cert-authentication group password-policy radius"
    " server task taskgroup usergroup",
    "clock": "summer-time timezone",
    "domain": "ipv4 ipv6 list lookup multicast name name-server vrf",
    "http": "client",
    "ipv4": "access-log-update arp assembler conflict-policy icmp mfib multicast netmask-format prefix-list redirects source-route"
    " unnumbered virtual",
    "ipv6": "access-list access-log-update assembler conflict-policy hop-limit icmp mfib nd neighbor path-mtu prefix-list source-route"
    " virtual",
    "ntp": "access-group authenticate authentication-key broadcastdelay clock drift interface ipv4 ipv6 log-internal-sync master"
    " max-associations passive peer primary-reference-clock server source trusted-key update-calendar",
    "snmp-server": "chassis-id community community-map contact context correlator drop enable engineID entity entityindex group host"
    " ifindex ifmib inform interface ipv4 ipv6 location logging mibs mroutemib notification-log overload-control packetsize queue-length"
    " target throttle-time timeouts trap trap-source trap-timeout traps user users view vrf",
    "ssh": "client server timeout",
    "tacacs-server": "host ipv4 ipv6 key timeout",
    "telnet": "ipv4 ipv6 vrf",
}  # fmt: skip
SECTION = (
    {word: second for word, second in ios.SECTION.items() if word not in ("ip", "area", "neighbor", "address-family")}
    | dict.fromkeys(
        (
            "group", "secret", "passive", "cost", "bfd", "remote-as", "update-source", "route-policy", "dampening", "mtu-ignore", "flow",
            "hello-interval", "dead-interval", "authentication", "nsr", "nsf", "bundle", "import", "export", "next-hop-self", "cdp", "lldp",
            "spanning-tree", "vrf",
        ),
        "",
    )
    | {
        "encapsulation": "default dot1ad dot1q frame-relay hdlc mpls ppp untagged",
        "ipv4": "access-group address bgp directed-broadcast flow helper-address mask-reply mtu point-to-point redirects tcp-mss-adjust"
        " unnumbered unreachables verify",
        "ipv6": "access-group address bgp enable flow mtu nd tcp-mss-adjust unnumbered unreachables verify",
        "logging": "events synchronous",
        "redistribute": "application bgp connected eigrp isis mobile ospf rip static subscriber",
    }
)  # fmt: skip
ALONE = ("shutdown", "next-hop-self", "nsr", "nsf", "mtu-ignore")
BANNERS = ("motd", "login", "exec", "incoming", "prompt-timeout", "slip-ppp")
