"""Which tasks a run is about, by tag, as Ansible decides it."""

from __future__ import annotations

from collections.abc import Collection


def selected(tags: Collection[str], *, only: Collection[str], skip: Collection[str]) -> bool:
    """Whether a task with these tags runs.

    `always` runs unless skipped by name, `never` only when one of the task's tags is asked for, and `skip` wins over `only`.
    The words `all`, `tagged` and `untagged` have Ansible's meaning in both lists.
    """
    if _matches(tags, skip):
        return False
    if not only:
        return "never" not in tags
    if "never" in tags:
        return bool(set(tags) & set(only))
    return "always" in tags or _matches(tags, only)


def _matches(tags: Collection[str], wanted: Collection[str]) -> bool:
    return bool(
        set(tags) & set(wanted) or "all" in wanted and "never" not in tags or "tagged" in wanted and tags or "untagged" in wanted and not tags
    )
