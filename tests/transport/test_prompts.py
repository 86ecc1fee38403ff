"""F16: which lines are prompts of a mode, which may be, and what a new one makes of the device's name."""

from __future__ import annotations

import pytest

from runner.platforms import Configuration, platform_of
from runner.transport.modes import Modes

LEARNED = Configuration(prompt="")
IOS = platform_of("cisco_ios").config or LEARNED
JUNOS = platform_of("juniper_junos").config or LEARNED


def inside(how: Configuration, outside: str, first: str) -> Modes:
    return Modes.of(outside, how).seen(first)


ROWS = [
    (inside(IOS, "r1#", "r1(config)#"), "r1(config-if)#", "known"),
    (inside(IOS, "r1#", "r1(config)#"), "r1#", "known"),
    (inside(IOS, "r1#", "r1(config)#"), "r2(config)#", "possible"),
    (inside(IOS, "r1#", "r1(config)#"), "r2#", "possible"),
    (inside(IOS, "r1#", "r1(config)#"), "r1(config)# x", "no"),
    (inside(IOS, "r1#", "r1(config)#"), "r1>", "no"),
    (inside(IOS, "r1#", "r1(config)#"), "some text#", "no"),
    (inside(IOS, "r1#", "r1(config)#"), "r.(config)#", "possible"),
    (inside(IOS, "a-very-long-name-of-mine#", "a-very-long-name-of(config)#"), "a-very-long-name(config-if)#", "known"),
    (inside(IOS, "RP/0/RP0/CPU0:r1#", "RP/0/RP0/CPU0:r1(config)#"), "RP/0/RP0/CPU0:r1(config-ospf-ar-if)#", "known"),
    (inside(IOS, "leaf(s1)#", "leaf(s1)(config)#"), "leaf(s1)(config-if-Et1)#", "known"),
    (inside(JUNOS, "admin@r1>", "admin@r1#"), "admin@r1#", "known"),
    (inside(JUNOS, "admin@r1>", "admin@r1#"), "admin@r2#", "possible"),
    (inside(JUNOS, "admin@r1>", "admin@r1#"), "a text#", "no"),
    (inside(LEARNED, "admin@r1:~$", "root@r1:/home/admin#"), "root@r1:/etc#", "possible"),
    (inside(LEARNED, "admin@r1:~$", "root@r1:/home/admin#"), ">", "no"),
    (inside(LEARNED, "[admin@r1 ~]$", "[root@r1 ~]#"), "[root@r1 etc]#", "possible"),
    (inside(LEARNED, "<r1>", "[r1]"), "[*r1-LoopBack0]", "possible"),
    (Modes.of("<r1>", LEARNED), "[r1]", "possible"),
    (Modes.of("<r1>", LEARNED), "working", "no"),
]


@pytest.mark.parametrize(("modes", "line", "kind"), ROWS, ids=[f"{modes.outside[0]} {line}" for modes, line, _ in ROWS])
def test_kinds(modes: Modes, line: str, kind: str) -> None:
    assert ("known" if modes.is_known(line) else "possible" if modes.is_possible(line) else "no") == kind


@pytest.mark.parametrize(
    ("before", "line", "outside"),
    [
        (inside(IOS, "r1#", "r1(config)#"), "r2(config)#", ("r2#", "r1#")),
        (inside(IOS, "r1#", "r1(config)#"), "r1(config-if)#", ("r1#",)),
        (
            inside(IOS, "a-very-long-name-of-mine#", "a-very-long-name-of-mine(config)#"),
            "a-very-long-name(config-if)#",
            ("a-very-long-name-of-mine#",),
        ),
        (inside(JUNOS, "admin@r1>", "admin@r1#"), "admin@r2#", ("admin@r2>", "admin@r1>")),
        (inside(JUNOS, "admin@r1>", "admin@r1#"), "admin@r2>", ("admin@r2>",)),
        (inside(LEARNED, "admin@r1:~$", "root@r1:~#"), "root@r1:/etc#", ("admin@r1:~$",)),
        (inside(LEARNED, "<r1>", "[r1]"), "<r2>", ("<r2>",)),
    ],
)
def test_a_new_name(before: Modes, line: str, outside: tuple[str, ...]) -> None:
    after = before.seen(line)
    assert after.outside == outside
    assert after.is_known(line)
