"""Which tasks a run is about, by tag, as Ansible decides it."""

from __future__ import annotations

from collections.abc import Collection

SPECIAL = frozenset({"all", "tagged", "untagged", "always", "never"})
"""Words that may stand for a tag on the command line without any task having them."""


def selected(tags: Collection[str], *, only: Collection[str], skip: Collection[str]) -> bool:
    """Whether a task with these tags runs; `skip` wins over `only`.

    `always` runs unless skipped by name, `never` only when one of the task's tags is asked for. `all`, `tagged` and `untagged`
    mean every task, those with a tag and those without. The rules are Ansible's.
    """
    own = set(tags) or {"untagged"}
    return _asked_for(own, set(only) or {"all"}) and not _skipped(own, set(skip))


def _asked_for(own: set[str], only: set[str]) -> bool:
    if "always" in own or own & only:
        return True
    if "never" in own:
        return False
    return "all" in only or ("tagged" in only and "untagged" not in own)


def _skipped(own: set[str], skip: set[str]) -> bool:
    if own & skip:
        return True
    if "always" in own:
        return False
    return "all" in skip or ("tagged" in skip and "untagged" not in own)
