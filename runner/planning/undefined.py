"""What to do about a name that nothing defines."""

from __future__ import annotations

from collections.abc import Iterable

from runner.documents.suggest import did_you_mean
from runner.playbook.render import TemplateError

DEFINE = "define it in the inventory's `data`, in the play's `vars`, or with -e"


def hint_for(name: str, known: Iterable[str]) -> str:
    """The nearest name, or where a name gets its value."""
    return did_you_mean(name, known) or DEFINE


def hint_of(error: TemplateError) -> str:
    """The error's own hint, or the one for an undefined variable; a key that a mapping does not have is none."""
    return error.hint or (DEFINE if error.undefined and error.message == f"'{error.undefined}' is undefined" else "")
