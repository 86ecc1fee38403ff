"""Checks a task's arguments against its action: do they fit, could they change the device, can the platform do it, who is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from runner.abilities import AsksPerson, ChoosesConnection, KnowsPlatforms, NamesCode
from runner.contracts import Action, ResultHandler
from runner.documents.validate import located
from runner.errors import InputError
from runner.planning.findings import Findings
from runner.planning.registries import arguments_of
from runner.planning.slips import with_suggestion
from runner.planning.steps import has_template
from runner.platforms import Platforms
from runner.playbook.model import DataPath
from runner.secret import without_markers

GUARDED = "netmiko"
"""The kind of connection that is ours."""

LATE = "what it sends is known only when it runs"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found about one value. `connection` is None where it cannot be known; `unsupported` says why a platform cannot do it."""

    writes: str = ""
    connection: str | None = None
    unsupported: str = ""


class ArgumentChecks:
    """Checks the arguments of one task; equal ones on equal platforms once.

    Arguments:
        at: the place of the arguments in the playbook.
        platforms: what is known of each platform.
        can_ask: whether somebody at a terminal can be asked.
    """

    def __init__(self, action: Action, at: DataPath, findings: Findings, platforms: Platforms, root: Path, *, can_ask: bool) -> None:
        self._action = action
        self._at = at
        self._findings = findings
        self._platforms = platforms
        self._root = root
        self._known: dict[tuple[str, str | None], Verdict] = {}
        # What an action can do is looked up once: to ask a Protocol takes longer than all the rest of a check.
        self._asks = action if isinstance(action, AsksPerson) and not can_ask else None
        self._code = action if isinstance(action, NamesCode) else None
        self._chooses = action if isinstance(action, ChoosesConnection) else None
        self._knows = action if isinstance(action, KnowsPlatforms) else None

    @property
    def default_connection(self) -> str:
        """What the task talks through where its arguments do not say."""
        return GUARDED if self._action.needs_session else ""

    def check(self, value: Any, platform: str | None, host: str | None, *, waiting: bool) -> Verdict:
        """Check a value. `waiting` says that templates in it are still to be rendered: then only what no rendering can mend is wrong."""
        key = (repr(value), platform)
        if key not in self._known:
            self._known[key] = self._check(value, platform, waiting)
        verdict = self._known[key]
        if verdict.unsupported:
            self._findings.add(verdict.unsupported, self._at, host=host)
        return verdict

    def _check(self, value: Any, platform: str | None, waiting: bool) -> Verdict:
        action = self._action
        try:
            arguments = arguments_of(action, value)
        except ValidationError as error:
            report(error, action, value, self._findings, self._at, waiting=waiting)
            return Verdict(writes=LATE if waiting and (action.needs_session or self._chooses is not None) else "")
        self._check_plugins(arguments)
        facts = self._platforms.of(platform)
        writes = with_suggestion(without_markers(action.writes(arguments, facts)), facts)
        return Verdict(
            writes=LATE if writes and waiting and has_template(value) else writes,
            connection=self._chooses.connection(arguments) if self._chooses else self.default_connection,
            unsupported=self._knows.unsupported(arguments, facts) if self._knows else "",
        )

    def _check_plugins(self, arguments: Any) -> None:
        code = self._code
        if self._asks and self._asks.asks(arguments):
            message = f"'{self._action.name}' waits for the answer of a person, and there is no terminal"
            self._findings.add(message, self._at, hint="run it at a terminal, or leave the task out with --skip-tags")
        if code:
            check_code(lambda: code.check_code(arguments, self._root), self._findings, self._at)


def check_code(check: Callable[[], None], findings: Findings, at: DataPath) -> None:
    """Note what `NamesCode.check_code` has to say."""
    try:
        check()
    except InputError as error:
        findings.add(error.message, at, hint=error.hint)


def report(error: ValidationError, plugin: Action | ResultHandler, value: Any, findings: Findings, at: DataPath, *, waiting: bool) -> None:
    """Say what a model refused; while a value is still to be rendered, only what no rendering can mend."""
    unless = has_template if waiting else None
    findings.extend(located(error, plugin.arguments, value, findings.document, at, unless=unless))
