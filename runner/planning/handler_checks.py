"""Checks the result handlers of a task: arguments, names, and what they register."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import ValidationError

from runner.abilities import NamesCode
from runner.arguments import expression_fields
from runner.contracts import ResultHandler
from runner.documents.suggest import did_you_mean
from runner.errors import InputError
from runner.planning.argument_checks import check_code, report
from runner.planning.plan import PlannedTask
from runner.planning.registries import arguments_of, spelled_out
from runner.planning.steps import StepError, closure, names_in, templates_in, tolerates
from runner.planning.undefined import hint_for
from runner.planning.workbench import Workbench
from runner.playbook.model import DataPath, HandlerCall, Task
from runner.playbook.render import TemplateError, Templates

RESULT_NAMES = frozenset({"host", "command", "output", "parsed"})
"""What a result handler's templates see beside the host's variables."""

METHODS = frozenset({"get", "items", "keys", "values"})
"""What `host` has beside its fields."""


class HandlerChecks:
    """Problems go to the bench's findings. `written` are variables of play and task whose values are templates themselves."""

    def __init__(self, bench: Workbench, written: Mapping[str, Any]) -> None:
        self._bench = bench
        self._written = written

    def check(self, task: Task, known: set[str], later: frozenset[str]) -> set[str]:
        """Check each result handler of a task; the names that they register.

        Arguments:
            known: names that have a value once the task has run. `later` are those among them that have it only at run time.
        """
        known = {*RESULT_NAMES, *known}
        registered = set()
        for call in task.on_result:
            self._call(call, known, later)
            if isinstance(call.arguments, dict) and isinstance(call.arguments.get("register"), str):
                registered.add(call.arguments["register"])
                known.add(call.arguments["register"])
        return registered

    def _call(self, call: HandlerCall, known: set[str], later: frozenset[str]) -> None:
        at, findings = (*call.at, call.name), self._bench.findings
        try:
            handler = self._bench.registries.handlers.get(call.name)
        except InputError as error:
            findings.add(error.message, at, hint=error.hint, key=True)
            return
        try:
            arguments = arguments_of(handler, spelled_out(handler, call.arguments))
            if isinstance(handler, NamesCode):
                check_code(partial(handler.check_code, arguments, self._bench.root), findings, at)
        except ValidationError as error:
            report(error, handler, call.arguments, findings, at, waiting=True)
        self._names(call, handler, known, later)

    def _names(self, call: HandlerCall, handler: ResultHandler, known: set[str], later: frozenset[str]) -> None:
        """Undefined names in a handler's templates are found now, though their values exist only at run time."""
        bench, at = self._bench, (*call.at, call.name)
        as_task = PlannedTask(index=0, name="", action=call.name, raw=call.arguments, at=call.at)
        try:
            names = names_in(as_task, expression_fields(handler.arguments), bench.templates)
        except StepError as error:
            bench.findings.add(error.error.message, error.path, hint=error.error.hint)
            return
        try:
            names = closure(names, {name: value for name, value in self._written.items() if name not in later}, bench.templates)
        except TemplateError as error:
            bench.findings.add(error.message, at, hint=error.hint)
            return
        for name in sorted(names & bench.secrets):
            bench.findings.add(f"'{name}' is a secret, and what a result handler makes is for everybody to read", at, hint="leave it out")
        texts = list(templates_in(as_task, expression_fields(handler.arguments)))
        for host, variables in bench.variables.items():
            for name in sorted(names - known - variables.keys()):
                if not tolerates(call.arguments, name):
                    hint = hint_for(name, {*known, *variables})
                    bench.findings.add(f"'{name}' is undefined", _place_of(name, texts, bench.templates) or at, hint=hint, host=host)
            for path, text, is_expression in texts:
                for field in sorted(bench.templates.host_fields(text, expression=is_expression) - variables["host"].keys() - METHODS):
                    if not tolerates(_with_dots(text), f"host.{field}"):
                        hint = did_you_mean(field, variables["host"])
                        bench.findings.add(f"'{field}' is undefined in the mapping 'host'", path, hint=hint, host=host)


def _with_dots(text: str) -> str:
    """`host['site']` written as `host.site`."""
    return re.sub(r"\[\s*['\"](\w+)['\"]\s*\]", r".\1", text)


def _place_of(name: str, texts: Sequence[tuple[DataPath, str, bool]], templates: Templates) -> DataPath | None:
    """Where a name stands in the playbook; None where only the value of a variable mentions it."""
    for path, text, is_expression in texts:
        if name in (templates.expression_names(text) if is_expression else templates.names(text)):
            return path
    return None
