"""Which word a user probably meant."""

from __future__ import annotations

import pytest

from runner.documents.suggest import did_you_mean, nearest

KNOWN = ("batch_size", "commands", "hosts", "name", "on_result", "tags", "tasks", "vars", "vars_files", "when")

ROWS = [
    ("batch_sise", "batch_size"),
    ("batch-size", "batch_size"),
    ("batchsize", "batch_size"),
    ("Hosts", "hosts"),
    ("host", "hosts"),
    ("comands", "commands"),
    ("command", "commands"),
    ("var_files", "vars_files"),
    ("onresult", "on_result"),
    ("whne", "when"),
    ("frobnicate", None),
    ("", None),
    ("x" * 100_000, None),
]


@pytest.mark.parametrize(("word", "expected"), ROWS, ids=[row[0][:20] for row in ROWS])
def test_nearest(word: str, expected: str | None) -> None:
    assert nearest(word, KNOWN) == expected
    assert did_you_mean(word, KNOWN) == (f"did you mean '{expected}'?" if expected else "")


def test_nothing_known() -> None:
    assert nearest("a", ()) is None
