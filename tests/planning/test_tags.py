"""Tags choose the tasks that Ansible would choose."""

from __future__ import annotations

import pytest

from runner.planning.tags import selected

ROWS = [
    # tags of the task, --tags, --skip-tags, runs
    ((), (), (), True),
    ((), ("a",), (), False),
    (("a",), ("a",), (), True),
    (("a", "b"), ("b", "c"), (), True),
    (("a",), (), ("a",), False),
    (("a",), ("a",), ("a",), False),
    (("always",), ("b",), (), True),
    (("always",), ("b",), ("always",), False),
    (("always",), (), ("tagged",), True),
    (("always",), (), ("all",), True),
    (("never",), (), (), False),
    (("never", "debug"), ("debug",), (), True),
    (("never", "debug"), ("never",), (), True),
    (("never", "debug"), ("all",), (), False),
    (("never", "debug"), ("tagged",), (), False),
    (("never",), ("x",), (), False),
    ((), ("all",), (), True),
    ((), ("untagged",), (), True),
    ((), ("tagged",), (), False),
    (("a",), ("tagged",), (), True),
    (("a",), ("untagged",), (), False),
    (("a",), (), ("tagged",), False),
    ((), (), ("tagged",), True),
    ((), (), ("untagged",), False),
    ((), (), ("all",), False),
]


@pytest.mark.parametrize(("tags", "only", "skip", "runs"), ROWS, ids=str)
def test_selected(tags: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...], runs: bool) -> None:
    assert selected(tags, only=only, skip=skip) is runs
