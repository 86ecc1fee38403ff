"""What counts as reading, as an error and as noise on each platform."""

from __future__ import annotations

import pytest

from runner.platforms import platform_of

READS = {
    "linux": [
        "cat /etc/hosts",
        "ls -l /tmp",
        "uname -a",
        "uptime",
        "df -h",
        "ip addr",
        "ip -br a",
        "ip route show table main",
        "ip r get 10.0.0.1",
        "ip a s lo",
        "ip link show lo",
        "hostname",
        "hostname -f",
        "who",
        "date",
        "date +%s",
        "ps aux | grep ssh",
        "free -m",
        "systemctl status ssh",
        "sysctl -n net.ipv4.ip_forward",
        "ss -tlpn",
        "cat /proc/meminfo | head -3 | wc -l",
    ],
    "juniper_junos": [
        "show version",
        "show configuration | display set",
        "show configuration | compare rollback 1",
        "ping 10.0.0.1",
        "file show /var/log/messages",
    ],
    "arista_eos": ["show version", "sh ip route | json", "ping 10.0.0.1"],
    "cisco_xr": ["show configuration running-config", "show ip route | include 10", "traceroute 10.0.0.1"],
    "cisco_nxos": ["show version", "show interface | json"],
}
WRITES = {
    "linux": [
        "cat /etc/hosts > /tmp/x",
        "ls; reboot",
        "ls && reboot",
        "ls || reboot",
        "ls & reboot",
        "cat `reboot`",
        "cat $(reboot)",
        "reboot",
        "rm -r /",
        "hostname new",
        "hostname -F /etc/name",
        "hostname --file x",
        "date -s now",
        "date --set=now",
        "ip link set eth0 down",
        "ip addr add 10.0.0.1/8 dev lo",
        "ip -batch /tmp/x",
        "ip addr flush dev lo",
        "systemctl restart ssh",
        "ss -K dst 10.0.0.1",
        "sysctl net.ipv4.ip_forward=1",
        "ca /etc/hosts",
        "un",
        "ps aux | tee /tmp/x",
        "cat x | sort -o x",
        "cat x | uniq - y",
        "ps | sh",
        "cat <(reboot)",
        "tail x | xargs rm",
        "cat x | grep a|reboot",
        "cat x |grep a|rm -r y",
        "ip link s lo down",
        "ip l s lo down",
        "",
    ],
    "juniper_junos": ["request system reboot", "show configuration | save x", "file delete x", "configure", "start shell"],
    "arista_eos": ["reload", "show version > flash:x", "show version | tee x", "bash rm x", "write memory"],
    "cisco_xr": ["commit", "show version | file x", "show version | fi x", "clear log"],
    "cisco_nxos": ["show version > x", "copy running-config startup-config", "show version |no-more|diff"],
}
ERRORS = {
    "cisco_ios": [
        "% Invalid input detected at '^' marker.",
        "% Incomplete command.",
        '% Ambiguous command:  "s"',
        "% 10.0.0.0 overlaps with GigabitEthernet0/1",
        "Command rejected: bad VLAN list",
        "% Bad mask /24 for address 10.0.0.1",
        "%Error opening flash:/x",
        "Command authorization failed.",
        "% Cannot find the interface",
        "% BGP is already running; AS is 65000",
        "% Specify remote-as or peer-group commands first",
        "% Please define a domain-name first.",
        "% VRF RED does not exist or does not have a RD.",
        "%VLAN 99 does not exist",
        "% Not a valid unicast address",
        "% No such interface",
        "% Route target must be configured first",
    ],
    "arista_eos": [
        "% Invalid input",
        "% Incomplete command",
        "% Unavailable command (not supported on this hardware platform)",
        "% Authorization denied for command 'x'",
    ],
    "cisco_xr": [
        "% Failed to commit one or more configuration items during a pseudo-atomic operation.",
        "!!% Invalid argument: x",
        "% Invalid input detected",
    ],
    "cisco_nxos": [
        "% Invalid command at '^' marker.",
        "ERROR: VLAN 1 is not valid",
        "Error: no such thing",
        "Syntax error while parsing 'x'",
    ],
    "juniper_junos": [
        "error: configuration database locked by:",
        "unknown command.",
        "syntax error, expecting <command>.",
        "missing argument.",
        "error: commit failed: (missing mandatory statements)",
        "invalid ip address or hostname: x at 'x'",
        "'s' is ambiguous.",
    ],
    "linux": [
        "bash: nonsense: command not found",
        "-bash: /etc/x: Permission denied",
        "/bin/sh: 1: x: not found",
        "cat: /x: No such file or directory",
        "sudo: a password is required",
        "admin is not in the sudoers file.  This incident will be reported.",
        "ls: cannot open directory '/root': Permission denied",
    ],
}
FINE = {
    "cisco_ios": [
        "% Warning: use /31 mask on non point-to-point interface cautiously",
        "%Warning: portfast",
        " description an % Invalid one",
        "% Generating 2048 bit RSA keys",
        "% Warning: the mask must be contiguous",
        "% Access VLAN does not exist. Creating vlan 10",
        "% Interface Vlan10 IPv4 disabled and address(es) removed due to enabling VRF RED",
    ],
    "cisco_xr": ["% No configuration changes to commit.", "Building configuration..."],
    "juniper_junos": ["commit complete", "load complete", "warning: statement not found", "[edit]"],
    "linux": ["no errors found", "total 0", "exit"],
    "arista_eos": ["! Access VLAN does not exist. Creating vlan 10", "Copy completed successfully."],
}
NOISE = [
    "*Nov 24 06:56:00.000: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (127.0.0.1)",
    "RP/0/RP0/CPU0:Nov 24 06:56:00.000 UTC: config[65725]: %MGBL-SYS-5-CONFIG_I : Configured from console by admin",
    "2025 Nov 24 06:56:00 r1 %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin on 127.0.0.1@pts/0",
    "Nov 24 06:56:00 r1 ConfigAgent: %SYS-5-CONFIG_I: Configured from console by admin",
    "Message from syslogd@r1 at Nov 24 06:56:00 ...",
]


def rows(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(platform, text) for platform, texts in table.items() for text in texts]


@pytest.mark.parametrize(("platform", "command"), rows(READS))
def test_reading(platform: str, command: str) -> None:
    assert platform_of(platform).why_it_writes(command) == ""


@pytest.mark.parametrize(("platform", "command"), rows(WRITES))
def test_writing(platform: str, command: str) -> None:
    assert platform_of(platform).why_it_writes(command)


@pytest.mark.parametrize(("platform", "line"), rows(ERRORS))
def test_f13_errors(platform: str, line: str) -> None:
    assert platform_of(platform).error_in(f"               ^\n{line}\n") == line


@pytest.mark.parametrize(("platform", "line"), rows(FINE))
def test_what_is_no_error(platform: str, line: str) -> None:
    assert platform_of(platform).error_in(f"{line}\n") == ""


@pytest.mark.parametrize("line", NOISE)
def test_noise(line: str) -> None:
    assert platform_of("cisco_ios").is_noise(line)


@pytest.mark.parametrize("line", ["r1#", "Building configuration...", "% Invalid input", "50% of 10-20: x", ""])
def test_no_noise(line: str) -> None:
    assert not platform_of("cisco_ios").is_noise(line)


def test_commits_are_known() -> None:
    junos, ios = platform_of("juniper_junos").config, platform_of("cisco_ios").config
    assert junos
    assert ios
    assert junos.is_commit('commit comment "x"')
    assert junos.is_commit("commit confirmed 5")
    assert junos.is_commit("comm") and junos.is_commit("COMMIT") and junos.is_commit("commi and-quit") and junos.is_commit("commit|no-more")
    assert not junos.is_commit("c") and not junos.is_commit("commitment") and not junos.is_commit("community-set x")
    assert not junos.is_commit("set system host-name commit")
    assert not ios.is_commit("commit")
    assert not ios.is_commit("")
