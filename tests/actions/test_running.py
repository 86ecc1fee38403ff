"""How the difference between two configurations is told: what changed, in which section, and nothing of what stands around it."""

from __future__ import annotations

import pytest

from runner.actions.running import difference, telling
from runner.platforms import Configuration, platform_of

BEFORE = ["hostname r1", "interface Loopback0", " description old", " shutdown", "username admin secret 9 canary"]


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        pytest.param(BEFORE, [], id="nothing"),
        pytest.param(["hostname r9", *BEFORE[1:]], ["@@ -1 +1 @@", "-hostname r1", "+hostname r9"], id="at the top"),
        pytest.param([*BEFORE[:3], *BEFORE[4:]], ["@@ -4 +3,0 @@ interface Loopback0", "- shutdown"], id="removed from a section"),
        pytest.param([*BEFORE[:2], " mtu 1400", *BEFORE[2:]], ["@@ -2,0 +3 @@ interface Loopback0", "+ mtu 1400"], id="added to a section"),
        pytest.param(
            [*BEFORE[:2], *BEFORE[4:]], ["@@ -3,2 +2,0 @@ interface Loopback0", "- description old", "- shutdown"], id="two removed"
        ),
        pytest.param([], ["@@ -1,5 +0,0 @@", *(f"-{line}" for line in BEFORE)], id="all removed"),
    ],
)
def test_only_what_changed_is_shown_with_its_section(after: list[str], changes: list[str]) -> None:
    told = difference(BEFORE, after).splitlines()
    assert told == (["--- before", "+++ after", *changes] if changes else [])


@pytest.mark.parametrize(
    ("platform", "banner"),
    [
        pytest.param("cisco_ios", ["banner motd ^C", "  Welcome", "! keep out", "", "^C"], id="cisco_ios"),
        pytest.param("arista_eos", ["banner motd", "! keep out", "EOF"], id="arista_eos"),
    ],
)
def test_a_comment_is_left_out_and_the_same_line_in_a_banner_is_not(platform: str, banner: list[str]) -> None:
    config = platform_of(platform).config
    assert config is not None
    shown = ["! Last configuration change at 10:00", "hostname r1", "!", *banner, "! keep out", "", "end"]
    assert list(telling(shown, config)) == ["hostname r1", *banner, "end"]


def test_a_banner_on_one_line_begins_nothing() -> None:
    assert list(telling(["banner motd ^C hello ^C", "! comment", "end"], Configuration())) == ["banner motd ^C hello ^C", "end"]
