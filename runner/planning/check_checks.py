"""Checks the `verify` of a task, which says whether a write took effect, and says where it and `idempotent` have nothing to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from runner.documents.model import Document
from runner.errors import Problem
from runner.planning.argument_checks import GUARDED
from runner.planning.plan import Check, PlannedPlay, PlannedTask, Step
from runner.planning.steps import bind, closure, tolerates
from runner.planning.undefined import hint_for, hint_of
from runner.planning.workbench import Workbench
from runner.playbook.model import DataPath
from runner.playbook.render import TemplateError, is_template
from runner.secret import without_markers

SEEN = frozenset({"output", "outputs"})
"""What the expressions of a check see beside the task's names."""


class CheckChecks:
    """Problems go to the bench's findings. `written` are variables of play and task whose values are templates themselves."""

    def __init__(self, bench: Workbench, written: Mapping[str, Any]) -> None:
        self._bench = bench
        self._written = written

    def check(self, task: PlannedTask, check: Check, steps: Mapping[str, Step], later: Collection[str], connection: str) -> None:
        """Check a task's `verify` for every host that the task may run on.

        Arguments:
            later: names that have a value only at run time: what needs them is checked then.
            connection: what the task talks through.
        """
        at = (*task.at, "verify")
        if connection not in ("", GUARDED):
            hint = "leave it out"
            self._bench.findings.add(f"'verify' talks through '{GUARDED}', and the task through '{connection}'", at, hint=hint, key=True)
            return
        item = {"item"} if task.loop is not None else set()
        texts = {(*at, "commands", number): text for number, text in enumerate(check.commands)}
        for path, text in texts.items():
            if not is_template(text):
                for host in steps:
                    self._reads(text, path, host)
            elif self._names(text, path, steps, {*later, *item}, expression=False):
                self._commands(text, path, task, steps, frozenset(later))
        for number, text in enumerate(check.that):
            self._names(text, (*at, "that", number), steps, {*later, *item, *SEEN}, expression=True)

    def _names(self, text: str, path: DataPath, hosts: Iterable[str], known: set[str], *, expression: bool) -> bool:
        """Whether a text can be rendered for all hosts, as far as its names go."""
        bench = self._bench
        try:
            names = bench.templates.expression_names(text) if expression else bench.templates.names(text)
            names = closure(names, {name: value for name, value in self._written.items() if name not in known}, bench.templates)
        except TemplateError as error:
            bench.findings.add(error.message, path, hint=error.hint)
            return False
        sound = True
        for host in hosts:
            variables = bench.variables[host]
            for name in sorted(names - known - variables.keys() - self._written.keys()):
                if not tolerates(text, name):
                    bench.findings.add(f"'{name}' is undefined", path, hint=hint_for(name, {*known, *variables}), host=host)
                    sound = False
        return sound

    def _commands(self, text: str, path: DataPath, task: PlannedTask, steps: Mapping[str, Step], later: frozenset[str]) -> None:
        """The command as each host would get it, for each round that will run."""
        bench = self._bench
        names = closure(bench.templates.names(text), self._written, bench.templates)
        if names & later:
            return
        for host, step in steps.items():
            for each in step.rounds if "item" in names else step.rounds[:1]:
                scope = {**bench.variables[host], **({"item": each.item} if task.loop is not None else {})}
                if each.skip:
                    continue
                try:
                    self._reads(bench.templates.render(text, bind(self._written, scope, names, bench.templates)), path, host)
                except TemplateError as error:
                    bench.findings.add(error.message, path, hint=hint_of(error), host=host)

    def _reads(self, command: Any, path: DataPath, host: str) -> None:
        bench = self._bench
        if not isinstance(command, str) or len(command.splitlines()) != 1 or not command.strip():
            bench.findings.add("this is not one command", path, hint="write one line for each", host=host)
            return
        why = bench.facts.of(bench.platforms[host]).why_it_writes(command)
        if why:
            bench.findings.add(f"'verify' may only read: {without_markers(why)}", path, hint="look with a show command", host=host)


def idle_in(plays: Iterable[PlannedPlay], document: Document) -> Iterator[Problem]:
    """A warning for each task that only reads and says what follows a write."""
    for task in (task for play in plays for task in play.tasks):
        if not task.steps or any(step.writes or step.deferred for step in task.steps.values()):
            continue
        for keyword in ("verify", "idempotent"):
            if getattr(task, keyword):
                message = f"'{keyword}' does nothing: the task only reads"
                yield document.problem(message, (*task.at, keyword), hint="leave it out", key=True)
