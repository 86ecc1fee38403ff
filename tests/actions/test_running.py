"""How the difference between two configurations is told: what changed, in which section, and nothing of what stands around it."""

from __future__ import annotations

import pytest

from runner.actions.running import difference

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
