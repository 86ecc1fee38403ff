"""What a comparison of outputs passes over, and what it must not."""

from __future__ import annotations

import pytest

from runner.errors import InputError
from runner.journal.volatile import masking

SAME = {
    "ios clock": ("*12:00:00.123 UTC Tue Nov 24 2026", ".13:01:10.5 CET Wed Nov 25 2026"),
    "xr first line": ("Tue Nov 24 12:00:00.123 UTC", "Wed Nov 25 01:02:03.456 UTC"),
    "iso": ("at 2026-11-24 12:00:00 UTC", "at 2026-11-25 13:00:01 UTC"),
    "uptime": ("r1 uptime is 3 weeks, 2 days, 4 hours, 3 minutes", "r1 uptime is 1 minute"),
    "route age": ("O 10.0.0.0/8 [110/2] via 10.1.1.1, 00:12:01, Gi0/0", "O 10.0.0.0/8 [110/2] via 10.1.1.1, 1d02h, Gi0/0"),
    "ospf dead time": ("10.0.0.2  1  FULL/DR  00:00:35  10.1.1.2  Gi0/1", "10.0.0.2  1  FULL/DR  00:00:31  10.1.1.2  Gi0/1"),
    "packets": ("  1234 packets input, 99 bytes, 0 no buffer", "  5678 packets input, 1000 bytes, 0 no buffer"),
    "rate": ("  5 minute input rate 1000 bits/sec, 2 packets/sec", "  5 minute input rate 0 bits/sec, 0 packets/sec"),
    "last input": ("  Last input 00:00:01, output 00:00:03", "  Last input 00:00:09, output 00:00:00"),
    "bgp summary": ("10.0.0.1 4 65002 1234 1235 10 0 0 1d02h 5", "10.0.0.1 4 65002 1300 1301 11 0 0 1d03h 5"),
    "arp": ("Internet  10.0.0.1   5   0011.2233.4455  ARPA   Gi0/1", "Internet  10.0.0.1   17   0011.2233.4455  ARPA   Gi0/1"),
    "junos": ("  Last flapped   : 2026-11-24 12:00:00 UTC (1w2d 03:04 ago)", "  Last flapped   : 2026-11-25 12:00:00 UTC (00:04 ago)"),
    "linux": (" 12:00:01 up 3 days,  4:05,  2 users,  load average: 0.00, 0.01", " 13:00:01 up 4 days,  load average: 0.1"),
    "configuration": ("! Last configuration change at 12:00:00 UTC", "! NVRAM config last updated at 12:00:00 UTC"),
}  # fmt: skip

DIFFERENT = {
    "address": ("10.0.0.1", "10.0.0.2"),
    "next hop": ("via 10.1.1.1, 00:12:01, Gi0/0", "via 10.1.1.9, 00:12:01, Gi0/0"),
    "state": ("10.0.0.2  1  FULL/DR  00:00:35", "10.0.0.2  1  INIT/DR  00:00:35"),
    "prefixes": ("10.0.0.1 4 65002 1234 1235 10 0 0 1d02h 5", "10.0.0.1 4 65002 1234 1235 10 0 0 1d02h 0"),
    "mac": ("hardware is 00:11:22:33:44:55", "hardware is 00:11:22:33:44:56"),
    "ipv6": ("2001:db8:10:20:30::1", "2001:db8:10:20:31::1"),
    "errors": ("     0 input errors, 0 CRC", "     7 input errors, 7 CRC"),
    "timer that is set": ("Hello 10 seconds, hold time 30", "Hello 5 seconds, hold time 30"),
    "version": ("Version 15.7(3)M5", "Version 15.7(3)M6"),
    "build": ("Compiled Tue 04-Feb-20 03:02", "Compiled Wed 05-Feb-20 03:02"),
    "banner": ("! Last", "! First"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_means_nothing_is_the_same(one: str, other: str) -> None:
    mask = masking()
    assert mask(one) == mask(other)
    assert masking(exact=True)(one) != masking(exact=True)(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_means_something_differs(one: str, other: str) -> None:
    mask = masking()
    assert mask(one) != mask(other)


def test_lines_may_be_left_out() -> None:
    mask = masking([r"^ntp clock", r"serial [0-9]+"])
    assert mask("the serial 12") is None and mask("ntp server 10.0.0.1") == "ntp server 10.0.0.1"
    with pytest.raises(InputError, match="no regular expression"):
        masking(["("])


@pytest.mark.parametrize("line", ["1 " * 50_000, "1:" * 50_000, "Mon " * 20_000, "3 days, " * 20_000, " " * 100_000, "up " * 30_000])
def test_a_long_line_takes_no_time(line: str) -> None:
    assert masking()(line) is not None
