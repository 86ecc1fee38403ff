"""The words that IOS knows in configuration mode: first words of lines, each with the words that may be second.

Where no second words stand, anything may follow. `<name>`: any one word, and nothing behind it.
"""

from __future__ import annotations

TOP = dict.fromkeys(
    (
        "hostname", "username", "access-list", "alias", "archive", "mls", "multilink", "version", "call-home", "license", "memory",
        "scheduler", "event", "track", "mac", "port-channel", "redundancy", "security", "default", "control-plane", "bridge", "buffers",
        "power", "system", "process",
    ),
    "",
) | {
    "aaa": "accounting attribute authentication authorization cache common-criteria group local max-sessions nas new-model server"
    " session-id session-mib user",
    "boot": "bootldr bootstrap config host network system",
    "cdp": "advertise-v2 holdtime log run source-interface timer tlv tlv-list",
    "clock": "calendar-valid initialize save summer-time timezone",
    "crypto": "ca call ctcp dynamic-map engine gdoi identity ikev2 ipsec isakmp key keyring logging map mib pki vpn xauth",
    "enable": "algorithm-type last-resort password secret use-tacacs",
    "errdisable": "detect flap-setting recovery",
    "ip": "accounting-list accounting-threshold accounting-transits arp as-path bgp-community bootp cef classless community-list"
    " default-gateway default-network device dhcp dns domain domain-list domain-lookup domain-name explicit-path extcommunity-list finger"
    " flow flow-cache flow-export forward-protocol ftp gratuitous-arps host host-routing http icmp identd igmp inspect ips kerberos local"
    " mroute msdp multicast multicast-routing name-server nat nbar nhrp options ospf pim policy-list port-map prefix-list radius rcmd"
    " reflexive-list route routing rsvp rtcp scp security sla source-route ssh sticky-arp subnet-zero tacacs tcp telnet tftp udp verify vrf"
    " wccp",
    "ipv6": "access-list cef dhcp flow general-prefix hop-limit host icmp inspect local mfib mld mobile multicast multicast-routing nat nd"
    " neighbor ospf pim port-map prefix-list route router source-route spd unicast-routing verify",
    "lldp": "holdtime reinit run timer tlv-select",
    "logging": "<name> alarm buffered buginf cns-events console count delimiter discriminator dmvpn esm event exception facility filter"
    " history host listen message-counter monitor on origin-id persistent queue-limit rate-limit reload server-arp snmp-authfail"
    " source-interface trap userinfo",
    "login": "block-for delay on-failure on-success quiet-mode",
    "ntp": "access-group allow authenticate authentication-key broadcastdelay clock-period leap-handle logging master max-associations"
    " maxdistance mindistance orphan panic passive peer server source trusted-key update-calendar",
    "radius": "server",
    "radius-server": "attribute authorization challenge-noecho configure-nas dead-criteria deadtime directed-request domain-stripping host"
    " key load-balance local optional-passwords retransmit retry source-ports throttle timeout transaction unique-ident vsa",
    "service": "alignment call-home compress-config config counters dhcp disable-ip-fast-frag exec-callback exec-wait finger"
    " hide-telnet-addresses internal linenumber log nagle old-slip-prompts pad password-encryption password-recovery prompt pt-vty-logging"
    " sequence-numbers slave-log tcp-keepalives-in tcp-keepalives-out tcp-small-servers telnet-zeroidle timestamps udp-small-servers"
    " unsupported-transceiver",
    "snmp-server": "cache chassis-id community contact context drop enable engineID file-transfer group host ifindex inform ip location"
    " manager packetsize queue-length queue-limit source-interface spi system-shutdown tftp-server-list trap trap-source trap-timeout user"
    " usm view",
    "spanning-tree": "backbonefast etherchannel extend logging loopguard mode mst pathcost portfast transmit uplinkfast vlan",
    "tacacs": "server",
    "tacacs-server": "administration cache directed-request dns-alias-lookup domain-stripping host key packet timeout",
    "udld": "aggressive enable message recovery",
    "vtp": "domain file interface mode password pruning version",
}  # fmt: skip
SECTION = dict.fromkeys(
    (
        "description", "mtu", "bandwidth", "delay", "speed", "network", "router-id", "passive-interface", "neighbor", "area", "name",
        "exec-timeout", "password", "access-class", "channel-group", "service-policy", "standby", "load-interval", "keepalive",
        "carrier-delay", "mls", "tunnel", "address-family", "exit-address-family", "distance", "maximum-paths", "timers", "bgp", "match",
        "set", "class", "priority", "police", "permit", "deny", "remark", "rd", "route-target", "server", "server-private", "address",
        "key", "key-string", "length", "width", "history", "session-timeout", "stopbits", "authorization", "accounting", "path",
        "write-memory", "time-period", "log", "state", "maximum-prefix", "synchronous", "eigrp", "version", "auto-summary", "metric",
        "default-metric", "default", "power", "arp",
    ),
    "",
) | {
    "auto-cost": "reference-bandwidth",
    "cdp": "enable log tlv",
    "default-information": "allowed in originate out",
    "duplex": "auto full half",
    "encapsulation": "dot1q frame-relay hdlc isl lapb ppp slip x25",
    "ip": "access-group accounting address admission arp authentication bandwidth-percent bgp broadcast-address cef dampening-change"
    " dampening-interval dhcp directed-broadcast flow hello-interval helper-address hold-time igmp information-reply inspect ips irdp"
    " load-sharing local-proxy-arp mask-reply mobile mrm mroute-cache mtu multicast nat nbar next-hop-self nhrp ospf pim policy"
    " port-unreachable probe proxy-arp rarp-server redirects rgmp rip route-cache router rsvp rtp sap security split-horizon sticky-arp"
    " summary-address tcp traffic-export unnumbered unreachables urd verify virtual-reassembly vrf wccp",
    "ipv6": "address authentication bandwidth-percent cef dhcp eigrp enable flow hello-interval hold-time inspect mfib mld mode mtu"
    " multicast nat nd next-hop-self nhrp ospf pim policy redirects rip router split-horizon summary-address tcp traffic-filter unnumbered"
    " unreachables verify virtual-reassembly",
    "lldp": "max-neighbors med-tlv-select receive tlv-select transmit",
    "log-adjacency-changes": "detail",
    "logging": "event synchronous",
    "login": "authentication local tacacs",
    "negotiation": "auto",
    "privilege": "level",
    "redistribute": "application bgp connected eigrp isis iso-igrp lisp maximum-prefix mobile odr ospf ospfv3 rip static vrf",
    "spanning-tree": "bpdufilter bpduguard cost guard link-type loopguard mst port-priority portfast vlan",
    "storm-control": "action broadcast multicast unicast",
    "switchport": "access autostate backup block host mode nonegotiate port-security priority private-vlan protected trunk vlan voice",
    "transport": "input output preferred",
    "vrf": "forwarding",
}  # fmt: skip
ALONE = ("shutdown", "switchport", "login", "exit-address-family", "log-adjacency-changes", "keepalive", "write-memory", "auto-summary")
"""Lines in a section that are one word."""

BANNERS = ("motd", "login", "exec", "incoming", "config-save", "prompt-timeout", "slip-ppp")
