"""Lists of hosts in short, and never a host that is not there."""

from __future__ import annotations

import pytest

from runner.reporters.names import compressed, shortened

ROWS = [
    pytest.param([], "", id="none"),
    pytest.param(["r1"], "r1", id="one"),
    pytest.param(["r1", "r2"], "r1,r2", id="two are no range"),
    pytest.param([f"r{n}" for n in (12, 9, 1, 2, 3, 4, 5, 6, 7, 8)], "r1-r9,r12", id="a run and a single one"),
    pytest.param([f"r{n}" for n in (9, 10, 11)], "r9-r11", id="sorted as people count"),
    pytest.param(["sw08", "sw09", "sw10"], "sw08-sw10", id="leading zeros"),
    pytest.param(["r08", "r9", "r10"], "r08,r9,r10", id="numbers written in two ways do not run"),
    pytest.param(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"], "10.0.0.1-10.0.0.3,10.0.1.1", id="addresses"),
    pytest.param(["r1.a2.net", "r2.a2.net", "r3.a2.net"], "r1.a2.net-r3.a2.net", id="the number before the domain counts"),
    pytest.param(["r1-gw", "r2-gw", "r3-gw", "r4"], "r4,r1-gw-r3-gw", id="text behind the number"),
    pytest.param(["core", "edge"], "core,edge", id="no numbers"),
    pytest.param(["r1", "s2", "t3"], "r1,s2,t3", id="another name is another run"),
    pytest.param(["x\x1b[2J"], "x\\x1b[2J", id="F70: escaped"),
    pytest.param(["r" + "9" * 40], "r" + "9" * 40, id="a number that is none"),
]


@pytest.mark.parametrize(("names", "text"), ROWS)
def test_hosts_are_listed_in_short(names: list[str], text: str) -> None:
    assert compressed(names) == text


def test_shortened_text_says_so() -> None:
    assert (shortened("abcdef", 6), shortened("abcdefg", 6)) == ("abcdef", "abcde…")
