"""Host patterns mean what they mean in Ansible, and errors where Ansible warns."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import InputError
from runner.inventory.elements import split_pattern
from runner.inventory.patterns import select
from tests.inventory.fleet import plain_inventory

HOSTS = ["h01", "h02", "h03", "edge1", "edge2", "edge3", "web[1]", "2001:db8::1", "alone"]
GROUPS = {
    "core": ["h01", "h02", "h03"],
    "edge": ["edge1", "edge2", "edge3"],
    "ams": ["h02", "edge2"],
    "maintenance": ["h03"],
    "empty": [],
    "v6": ["2001:db8::1", "web[1]"],
}
INVENTORY = plain_inventory(GROUPS, HOSTS)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("all", HOSTS),
        ("*", HOSTS),
        ("ungrouped", ["alone"]),
        ("h01", ["h01"]),
        ("core", ["h01", "h02", "h03"]),
        ("edge,core", ["edge1", "edge2", "edge3", "h01", "h02", "h03"]),
        ("edge:core", ["edge1", "edge2", "edge3", "h01", "h02", "h03"]),
        (" edge , core ,", ["edge1", "edge2", "edge3", "h01", "h02", "h03"]),
        ("h02,core", ["h02", "h01", "h03"]),
        ("core,&ams", ["h02"]),
        ("&ams,core", ["h02"]),
        ("core,edge,&ams,!edge2", ["h02"]),
        ("!maintenance,core", ["h01", "h02"]),
        ("core:&ams", ["h02"]),
        ("core:!ams", ["h01", "h03"]),
        ("&ams", ["h02", "edge2"]),
        ("!core,!edge", ["web[1]", "2001:db8::1", "alone"]),
        ("h0*", ["h01", "h02", "h03"]),
        ("h0?,!h02", ["h01", "h03"]),
        ("h0[13]", []),
        ("h0[13]*", ["h01", "h03"]),
        ("*2", ["h02", "edge2"]),
        ("e*", ["edge1", "edge2", "edge3"]),
        ("~h0(1|3)", ["h01", "h03"]),
        ("~(h|x)0[12]", ["h01", "h02"]),
        ("~0", []),
        ("~edge", ["edge1", "edge2", "edge3"]),
        ("~[[e]dge", ["edge1", "edge2", "edge3"]),
        ("~h0[1,3],edge1", ["h01", "h03", "edge1"]),
        ("~h\\d{2,2}:edge1", ["h01", "h02", "h03", "edge1"]),
        ("core:!~h0(?:1|2)", ["h03"]),
        ("edge[0]", ["edge1"]),
        ("edge[-1]", ["edge3"]),
        ("edge[-2]", ["edge2"]),
        ("edge[0:1]", ["edge1", "edge2"]),
        ("edge[0-1]", ["edge1", "edge2"]),
        ("edge[1:]", ["edge2", "edge3"]),
        ("edge[1:9]", ["edge2", "edge3"]),
        ("h0*[1:2]", ["h02", "h03"]),
        ("core,!core[0]", ["h02", "h03"]),
        ("web[1]", ["web[1]"]),
        ("2001:db8::1", ["2001:db8::1"]),
        ("h01,2001:db8::1", ["h01", "2001:db8::1"]),
        (["core", "!h01"], ["h02", "h03"]),
        (("h01:h02", "edge1"), ["h01", "h02", "edge1"]),
        ("core,empty", ["h01", "h02", "h03"]),
    ],
    ids=str,
)
def test_a_pattern_means_these_hosts(pattern: str | list[str], expected: list[str]) -> None:
    if expected:
        assert list(select(pattern, INVENTORY)) == expected
    else:
        with pytest.raises(InputError):
            select(pattern, INVENTORY)
        assert select(pattern, INVENTORY, allow_empty=True) == ()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("cor", "'cor' is no host or group of the inventory (did you mean 'core'?)"),
        ("core,!maintenanc", "'maintenanc' is no host or group of the inventory (did you mean 'maintenance'?)"),
        ("core,&amss", "'amss' is no host or group of the inventory (did you mean 'ams'?)"),
        ("h9*", "'h9*' matches no host or group of the inventory"),
        ("~x.*", "'~x.*' matches no host or group of the inventory"),
        ("core,!core", "the pattern 'core,!core' matches no host"),
        ("core,&edge", "the pattern 'core,&edge' matches no host"),
        ("empty", "the pattern 'empty' matches no host"),
        ("edge[7]", "'edge[7]' asks for hosts that 'edge' does not have: it has 3"),
        ("edge[-4]", "'edge[-4]' asks for hosts that 'edge' does not have: it has 3"),
        ("h0[1:3]", "'h0' is no host or group of the inventory (did you mean 'h03'?)"),
        ("", "the pattern is empty (write `all`, a group, or a host)"),
        (" , ", "the pattern is empty (write `all`, a group, or a host)"),
        ("core,!", "'!' in the host pattern has no name behind it"),
        ("core,@hosts", "'@hosts' names a file, which only --limit can"),
        ("h01-h03", "'h01-h03' is no host or group of the inventory (a pattern has no ranges: write h01,h02,h03 or '~h(01|02|03)$')"),
        (
            "edge1-edge3",
            "'edge1-edge3' is no host or group of the inventory (a pattern has no ranges: write edge1,edge2,edge3 or '~edge[1-3]$')",
        ),
        ("edge1-9", "'edge1-9' is no host or group of the inventory (a pattern has no ranges: write '~edge[1-9]$')"),
        (
            "edge1-300",
            "'edge1-300' is no host or group of the inventory (a pattern has no ranges: list the hosts with commas, or use a group)",
        ),
        ("edge1[0-3]", "'edge1[0-3]' takes from a list of hosts, and 'edge1' is one host (for several hosts write '~edge1[0-3]$')"),
        ("edge1[8:11]", "'edge1[8:11]' takes from a list of hosts, and 'edge1' is one host (for several hosts write '~edge1(8|9|10|11)$')"),
        ("edge1[0]", "'edge1[0]' takes from a list of hosts, and 'edge1' is one host (write 'edge1')"),
        ("edge,!edge1[-1]", "'edge1[-1]' takes from a list of hosts, and 'edge1' is one host (write 'edge1')"),
    ],
)
def test_a_wrong_pattern_names_the_element_and_the_nearest_name(pattern: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        select(pattern, INVENTORY)
    assert [str(problem) for problem in caught.value.problems] == [expected]
    assert caught.value.exit_code == 3


def test_all_wrong_elements_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        select("cor,edg,~(", INVENTORY, limit="nobody")
    told = [problem.message for problem in caught.value.problems]
    assert told[:2] == ["'cor' is no host or group of the inventory", "'edg' is no host or group of the inventory"]
    assert told[2].startswith("'~(' is not a regular expression: ")
    assert told[3:] == ["'nobody' is no host or group of the inventory"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("ams", ["edge2", "h02"]),
        ("h03,h02", ["h02", "h03"]),
        ("!h02", ["edge1", "edge2", "edge3", "h01", "h03"]),
        ("alone", []),
    ],
)
def test_a_limit_filters_and_does_not_reorder(limit: str, expected: list[str]) -> None:
    assert list(select("edge,core", INVENTORY, limit=limit)) == expected


def test_a_limit_file_names_one_host_a_line(tmp_path: Path) -> None:
    file = tmp_path / "hosts.txt"
    file.write_text("# those of last night\nh03\n\n  edge2   # flapping\nh0[1]*\n", encoding="utf-8")
    assert select("all", INVENTORY, limit=f"@{file}") == ("h01", "h03", "edge2")
    assert select("all", INVENTORY, limit=f"@{file},!h03") == ("h01", "edge2")


def test_a_limit_file_with_a_wrong_name_tells_its_line(tmp_path: Path) -> None:
    file = tmp_path / "hosts.txt"
    file.write_text("h01\n  edg2\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        select("all", INVENTORY, limit=f"@{file}")
    assert str(caught.value) == f"{file}:2:3 'edg2' is no host or group of the inventory (did you mean 'edge2'?)"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "cannot read the limit file"), (b"\n# none\n", "names no host"), (b"\xff\xfe\x00", "is not UTF-8 text")],
    ids=["missing", "empty", "binary"],
)
def test_a_limit_file_that_cannot_be_used_is_an_error(tmp_path: Path, content: bytes | None, expected: str) -> None:
    file = tmp_path / "hosts.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        select("all", INVENTORY, limit=f"@{file}")


def test_a_limit_is_checked_even_where_the_play_may_be_empty() -> None:
    with pytest.raises(InputError, match="'nobody' is no host"):
        select("nothing*", INVENTORY, limit="nobody", allow_empty=True)


names = st.sampled_from([*HOSTS, *GROUPS, "all"])


@given(
    plain=st.lists(names, min_size=1, max_size=4), both=st.lists(names, max_size=2), without=st.lists(names, max_size=2), seed=st.randoms()
)
def test_set_algebra_holds_wherever_the_elements_stand(plain: list[str], both: list[str], without: list[str], seed: object) -> None:
    def hosts(name: str) -> list[str]:
        return HOSTS if name == "all" else GROUPS.get(name, [name])

    elements = [*plain, *(f"&{name}" for name in both), *(f"!{name}" for name in without)]
    expected = list(dict.fromkeys(host for name in plain for host in HOSTS if host in hosts(name)))
    expected = [host for host in expected if all(host in hosts(name) for name in both) and not any(host in hosts(name) for name in without)]
    chosen = select(elements, INVENTORY, allow_empty=True)
    assert list(chosen) == expected
    moved = [*elements[len(plain) :], *plain]
    assert select(",".join(moved) + ",", INVENTORY, allow_empty=True) == chosen
    assert select(elements, INVENTORY, limit="all", allow_empty=True) == chosen


@given(pattern=st.text(alphabet="h0e*?[]-12a", min_size=1, max_size=6).filter(lambda text: not text.strip().endswith("]")))
def test_globs_match_as_the_shell_does(pattern: str) -> None:
    matched = {host for host in HOSTS if fnmatch.fnmatchcase(host, pattern)}
    matched |= {host for name, members in GROUPS.items() if fnmatch.fnmatchcase(name, pattern) for host in members}
    assert set(select(pattern, INVENTORY, allow_empty=True)) == matched


@given(text=st.text(alphabet="ab:,&!~[](){}\\1-*@ ", max_size=12), empty=st.booleans())
def test_no_text_makes_anything_but_hosts_or_an_input_error(text: str, empty: bool) -> None:
    try:
        chosen = select(text, INVENTORY, allow_empty=empty)
    except InputError:
        return
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(HOSTS)


@given(
    parts=st.lists(
        st.text(alphabet="ab[1]", min_size=1, max_size=5).filter(lambda text: text.count("[") == text.count("]") == 0), max_size=5
    )
)
def test_splitting_and_joining_give_the_same_elements(parts: list[str]) -> None:
    assert split_pattern(",".join(parts)) == parts
    assert split_pattern(":".join(parts)) == parts
