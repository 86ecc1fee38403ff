"""Plans the tasks of a play: plugins looked up, arguments checked, and for every host what each task will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from runner.contracts import Action, DefinesFacts, ResultHandler, expression_fields
from runner.documents.problems import located
from runner.errors import InputError
from runner.inventory.model import Inventory
from runner.planning.findings import Findings
from runner.planning.plan import PlannedTask, Step
from runner.planning.registries import Registries, arguments_of
from runner.planning.steps import StepError, bind, expand, names_in
from runner.planning.tags import selected
from runner.playbook.model import DataPath, HandlerCall, Play, Task
from runner.playbook.render import TemplateError, Templates

RESULT_NAMES = frozenset({"host", "command", "output", "parsed"})
"""What a result handler's templates see beside the host's variables."""


@dataclass(frozen=True, kw_only=True)
class PlayScope:
    """The names of a play: for each host those with values, and those of the play that are templates themselves."""

    variables: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, Any]


def plan_tasks(
    play: Play,
    hosts: Sequence[str],
    scope: PlayScope,
    registries: Registries,
    templates: Templates,
    inventory: Inventory,
    tags: Sequence[str],
    skip_tags: Sequence[str],
    findings: Findings,
) -> tuple[PlannedTask, ...]:
    """The tasks of a play that the tags select, each with its step for each host. Problems go to `findings`."""
    planned: list[PlannedTask] = []
    later: set[str] = set()
    for task in play.tasks:
        if not selected({*play.tags, *task.tags}, only=tags, skip=skip_tags):
            continue
        planner = _TaskPlanner(task, hosts, scope, registries, templates, inventory, findings)
        planned.append(planner.plan(len(planned), frozenset(later)))
        later |= planner.defines
    return tuple(planned)


class _TaskPlanner:
    """One task on all hosts of its play."""

    def __init__(
        self,
        task: Task,
        hosts: Sequence[str],
        scope: PlayScope,
        registries: Registries,
        templates: Templates,
        inventory: Inventory,
        findings: Findings,
    ) -> None:
        self.task = task
        self.hosts = hosts
        self.scope = scope
        self.registries = registries
        self.templates = templates
        self.inventory = inventory
        self.findings = findings
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
            raw=self.task.arguments,
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
        """The step of each host. A task whose templates mention nothing that differs by host is rendered once for all."""
        expressions = expression_fields(action.arguments)
        try:
            wanted = names_in(planned, expressions, self.templates)
        except StepError as error:
            self._say(error, None)
            return {}
        written = {**self.scope.written, **planned.vars}
        shared: Step | None = None
        steps = {}
        for host in self.hosts:
            step = shared or self._step(planned, host, written, wanted, expressions, later)
            if step is None:
                continue
            if not wanted:
                shared = step
            steps[host] = step
            self._check(action, planned, step, host, expressions)
        if not self.hosts and not wanted:
            self._check(action, planned, Step(deferred=frozenset({""})), None, expressions)
        return steps

    def _step(
        self, planned: PlannedTask, host: str, written: Mapping[str, Any], wanted: frozenset[str], expressions: frozenset[str], later: frozenset[str]
    ) -> Step | None:
        variables = self.scope.variables[host]
        try:
            bound, late = bind(written, variables, wanted, later, self.templates)
        except TemplateError as error:
            self.findings.add(error.message, self.task.at, hint=error.hint, host=host)
            return None
        if late:
            return Step(deferred=late)
        try:
            return expand(planned, bound, expressions, self.templates)
        except StepError as error:
            self._say(error, host)
            return None

    def _check(self, action: Action, planned: PlannedTask, step: Step, host: str | None, expressions: frozenset[str]) -> None:
        """Check the arguments of each round against the action's model and against what a host's platform may be told."""
        platform = self.inventory.devices[host].platform if host is not None else None
        values = [(planned.raw, True)] if step.deferred else [(each.arguments, False) for each in step.rounds if not each.skip]
        for value, waiting in values:
            seen = (repr(value), platform)
            if seen in self._checked:
                continue
            self._checked.add(seen)
            try:
                arguments = arguments_of(action, value)
            except ValidationError as error:
                self._invalid(error, action, self.at, planned.raw, waiting)
                continue
            reason = action.writes(arguments, platform)
            if reason and not waiting:
                self.findings.add(
                    f"{reason}, and this version only reads from devices", self.at, hint="use commands that only show things", host=host
                )

    def _handlers(self, later: frozenset[str]) -> None:
        """Check each result handler's arguments and names; note what it registers."""
        known = {*RESULT_NAMES, *later, *self.defines, *self.scope.written, *self.task.vars}
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
                arguments_of(handler, call.arguments)
            except ValidationError as error:
                self._invalid(error, handler, at, call.arguments, True)
            self._handler_names(call, handler, known)
            if isinstance(call.arguments, dict) and isinstance(call.arguments.get("register"), str):
                self.defines.add(call.arguments["register"])
                known.add(call.arguments["register"])

    def _handler_names(self, call: HandlerCall, handler: ResultHandler, known: set[str]) -> None:
        """Undefined names in a handler's templates are found now, though their values exist only at run time."""
        as_task = PlannedTask(index=0, name="", action=call.name, raw=call.arguments, at=call.at)
        try:
            names = names_in(as_task, expression_fields(handler.arguments), self.templates)
        except StepError as error:
            self._say(error, None)
            return
        for host in self.hosts:
            for name in sorted(names - known - self.scope.variables[host].keys()):
                if not self.templates.tolerates(call.arguments, name):
                    hint = self.templates.suggestion(name, {*known, *self.scope.variables[host]})
                    self.findings.add(f"'{name}' is undefined", (*call.at, call.name), hint=hint, host=host)

    def _say(self, error: StepError, host: str | None) -> None:
        self.findings.add(error.error.message, error.path, hint=error.error.hint, host=host)

    def _invalid(self, error: ValidationError, plugin: Action | ResultHandler, at: DataPath, raw: Any, waiting: bool) -> None:
        """Say what the model refused; where a value is still to be rendered only what no rendering can mend."""
        for problem_path, problem in located(error, plugin.arguments, raw, self.findings.document, at):
            if waiting and self.templates.is_template(_value_at(raw, problem_path)):
                continue
            self.findings.extend([problem])


def _value_at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    return value
