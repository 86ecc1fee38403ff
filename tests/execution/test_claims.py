"""What a run saved, counted once, and the folder that all of it is in."""

from __future__ import annotations

import pytest

from runner.execution.claims import Claims

ROWS = [
    pytest.param(["reports/r1/a.txt", "reports/r2/a.txt"], 2, "reports", id="one folder above"),
    pytest.param(["reports/r1/a.txt", "reports/r1/a.txt"], 1, "reports/r1/a.txt", id="appended to twice"),
    pytest.param(["reports/r1.txt", "summary.csv"], 2, ".", id="nothing in common"),
    pytest.param(["a/b/x", "a/b/c/x", "a/b/d/x"], 3, "a/b", id="depths"),
    pytest.param(["aa/x", "ab/x"], 2, ".", id="names are whole"),
    pytest.param([], 0, ".", id="nothing"),
]


@pytest.mark.parametrize(("places", "files", "common"), ROWS)
def test_files_and_their_folder(places: list[str], files: int, common: str) -> None:
    claims = Claims()
    for place in places:
        claims.saved(place)
    assert (claims.files, str(claims.common)) == (files, common)
