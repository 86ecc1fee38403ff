"""Plans the tasks of a play: plugins looked up, arguments checked, and for every host what each task will do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from runner.abilities import DefinesFacts
from runner.arguments import expression_fields
from runner.contracts import Action, ResultHandler
from runner.documents.suggest import did_you_mean
from runner.documents.validate import located
from runner.errors import InputError
from runner.planning.findings import Findings
from runner.planning.plan import PlannedTask, Step
from runner.planning.registries import Registries, arguments_of, spelled_out
from runner.planning.steps import StepError, closure, expand, has_template, names_in, tolerates
from runner.planning.tags import selected
from runner.platforms import platform_of
from runner.playbook.model import DataPath, HandlerCall, Play, Task
from runner.playbook.render import TemplateError, Templates

RESULT_NAMES = frozenset({"host", "command", "output", "parsed"})
"""What a result handler's templates see beside the host's variables."""


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """What planning a play's tasks works with.

    Arguments:
        variables: for each host the names that have values.
        written: variables of the play whose values are templates themselves.
        extra: names of the variables that win over all, which `variables` hold already.
        platforms: each host's platform, None where the inventory names none.
    """

    variables: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, Any]
    extra: Collection[str]
    platforms: Mapping[str, str | None]
    registries: Registries
    templates: Templates
    findings: Findings


def plan_tasks(
    play: Play, bench: Workbench, tags: Sequence[str], skip_tags: Sequence[str], later: frozenset[str] = frozenset()
) -> tuple[PlannedTask, ...]:
    """The tasks of a play that the tags select, each with its step for each host. Problems go to the bench's findings.

    `later` are names that tasks too broken to be planned would have given a value at run time.
    """
    planned: list[PlannedTask] = []
    for task in play.tasks:
        if not selected({*play.tags, *task.tags}, only=tags, skip=skip_tags):
            continue
        planner = _TaskPlanner(task, bench)
        planned.append(planner.plan(len(planned), later))
        later |= planner.defines
    return tuple(planned)


class _TaskPlanner:
    """One task on all hosts of its play."""

    def __init__(self, task: Task, bench: Workbench) -> None:
        self.task = task
        self.variables = bench.variables
        self.written = {name: value for name, value in {**bench.written, **task.vars}.items() if name not in bench.extra}
        self.platforms = bench.platforms
        self.registries = bench.registries
        self.templates = bench.templates
        self.findings = bench.findings
        self.at: DataPath = (*task.at, task.action)
        self.defines: set[str] = {task.register_as} if task.register_as else set()
        self._checked: set[tuple[str, str | None]] = set()

    def plan(self, index: int, later: frozenset[str]) -> PlannedTask:
        """The planned task; `later` are the names that earlier tasks give a value only at run time."""
        action = self._plugin()
        planned = PlannedTask(
            index=index,
            name=self.task.name or self.task.action,
            action=self.task.action,
            raw=spelled_out(action, self.task.arguments) if action else self.task.arguments,
            when=self.task.when,
            register=self.task.register_as,
            vars=self.task.vars,
            loop=self.task.loop,
            label=self.task.loop_control.label,
            tags=frozenset(self.task.tags),
            ignore_errors=self.task.ignore_errors,
            no_log=self.task.no_log,
            on_result=self.task.on_result,
            needs_session=action.needs_session if action else False,
            at=self.task.at,
        )
        self._handlers(later)
        if action is None:
            return planned
        return replace(planned, steps=self._steps(planned, action, later))

    def _plugin(self) -> Action | None:
        try:
            action = self.registries.actions.get(self.task.action)
        except InputError as error:
            self.findings.add(error.message, self.at, hint=error.hint, key=True)
            return None
        if isinstance(action, DefinesFacts):
            self.defines |= set(action.defines(self.task.arguments))
        return action

    def _steps(self, planned: PlannedTask, action: Action, later: frozenset[str]) -> dict[str, Step]:
        """The step of each host. A task whose templates mention no name at all is rendered once for all."""
        expressions = expression_fields(action.arguments)
        try:
            wanted = names_in(planned, expressions, self.templates)
        except StepError as error:
            self._say(error, None)
            return {}
        shared: Step | None = None
        steps = {}
        for host in self.variables:
            step = shared or self._step(planned, host, wanted, expressions, later)
            if step is None:
                continue
            if not wanted:
                shared = step
            steps[host] = step
            self._check(action, planned, step, host)
        if not self.variables:
            self._check(action, planned, Step(deferred=wanted | {""}), None)
        return steps

    def _step(
        self, planned: PlannedTask, host: str, wanted: frozenset[str], expressions: frozenset[str], later: frozenset[str]
    ) -> Step | None:
        variables = self.variables[host]
        try:
            used = closure(wanted, {name: value for name, value in self.written.items() if name not in later}, self.templates)
        except TemplateError as error:
            self.findings.add(error.message, self.task.at, hint=error.hint, host=host)
            return None
        if used & later:
            self._undefined(planned, used - later - variables.keys() - self.written.keys() - {"item"}, host)
            return Step(deferred=used & later)
        try:
            return expand(planned, self.written, variables, expressions, self.templates)
        except StepError as error:
            self._say(error, host)
            return None

    def _undefined(self, planned: PlannedTask, names: frozenset[str], host: str) -> None:
        """Names that nothing will define, in a task that cannot be rendered yet."""
        for name in sorted(names):
            if not all(tolerates(text, name) for text in (planned.raw, planned.loop, *planned.when)):
                hint = did_you_mean(name, {*self.variables[host], *self.written})
                self.findings.add(f"'{name}' is undefined", self.at, hint=hint, host=host)

    def _check(self, action: Action, planned: PlannedTask, step: Step, host: str | None) -> None:
        """Check the arguments of each round against the action's model and against what a host's platform may be told."""
        platform = self.platforms[host] if host is not None else None
        values = [(planned.raw, True)] if step.deferred else [(each.arguments, False) for each in step.rounds if not each.skip]
        for value, waiting in values:
            seen = (repr(value), platform)
            if seen in self._checked:
                continue
            self._checked.add(seen)
            try:
                arguments = arguments_of(action, value)
            except ValidationError as error:
                self._invalid(error, action, self.at, value, waiting)
                continue
            reason = action.writes(arguments, platform_of(platform))
            if reason and not waiting:
                self.findings.add(f"{reason}, and this version only reads from devices", self.at, hint="use commands that only show things")

    def _handlers(self, later: frozenset[str]) -> None:
        """Check each result handler's arguments and names; note what it registers."""
        known = {*RESULT_NAMES, *later, *self.defines, *self.written}
        if self.task.loop is not None:
            known.add("item")
        for call in self.task.on_result:
            at = (*call.at, call.name)
            try:
                handler = self.registries.handlers.get(call.name)
            except InputError as error:
                self.findings.add(error.message, at, hint=error.hint, key=True)
                continue
            try:
                arguments_of(handler, spelled_out(handler, call.arguments))
            except ValidationError as error:
                self._invalid(error, handler, at, call.arguments, True)
            self._handler_names(call, handler, known, later)
            if isinstance(call.arguments, dict) and isinstance(call.arguments.get("register"), str):
                self.defines.add(call.arguments["register"])
                known.add(call.arguments["register"])

    def _handler_names(self, call: HandlerCall, handler: ResultHandler, known: set[str], later: frozenset[str]) -> None:
        """Undefined names in a handler's templates are found now, though their values exist only at run time."""
        as_task = PlannedTask(index=0, name="", action=call.name, raw=call.arguments, at=call.at)
        try:
            names = names_in(as_task, expression_fields(handler.arguments), self.templates)
        except StepError as error:
            self._say(error, None)
            return
        try:
            names = closure(names, {name: value for name, value in self.written.items() if name not in later}, self.templates)
        except TemplateError as error:
            self.findings.add(error.message, (*call.at, call.name), hint=error.hint)
            return
        for host, variables in self.variables.items():
            for name in sorted(names - known - variables.keys()):
                if not tolerates(call.arguments, name):
                    hint = did_you_mean(name, {*known, *variables})
                    self.findings.add(f"'{name}' is undefined", (*call.at, call.name), hint=hint, host=host)

    def _say(self, error: StepError, host: str | None) -> None:
        self.findings.add(error.error.message, error.path, hint=error.error.hint, host=host)

    def _invalid(self, error: ValidationError, plugin: Action | ResultHandler, at: DataPath, value: Any, waiting: bool) -> None:
        """Say what the model refused; while a value is still to be rendered, only what no rendering can mend."""
        unless = has_template if waiting else None
        self.findings.extend(located(error, plugin.arguments, value, self.findings.document, at, unless=unless))
