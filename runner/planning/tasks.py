"""Plans the tasks of a play: plugins looked up, arguments checked, and for every host what each task will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from runner.abilities import DefinesFacts
from runner.arguments import condition_fields, expression_fields, template_file_fields
from runner.contracts import Action
from runner.errors import InputError
from runner.planning.argument_checks import GUARDED, ArgumentChecks
from runner.planning.check_checks import CheckChecks
from runner.planning.handler_checks import HandlerChecks
from runner.planning.plan import Check, PlannedTask, Step
from runner.planning.registries import spelled_out
from runner.planning.steps import StepError, bind, closure, expand, names_in, tolerates
from runner.planning.tags import selected
from runner.planning.undefined import hint_for, hint_of
from runner.planning.workbench import Workbench
from runner.playbook.model import DataPath, Play, Task
from runner.playbook.render import TemplateError, is_template


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
        self.bench = bench
        self.variables = bench.variables
        self.written = {name: value for name, value in {**bench.written, **task.vars}.items() if name not in bench.extra}
        self.registries = bench.registries
        self.templates = bench.templates
        self.findings = bench.findings
        self.at: DataPath = (*task.at, task.action)
        self.defines: set[str] = {task.register_as} if task.register_as else set()
        self._connections: dict[str, None] = {}
        self._files: dict[str, str] = {}
        self._reached: tuple[dict[str, Any], frozenset[str]] | None = None

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
            ignore_unreachable=self.bench.ignore_unreachable if self.task.ignore_unreachable is None else self.task.ignore_unreachable,
            verify=Check(commands=self.task.verify.commands, that=self.task.verify.that) if self.task.verify else None,
            idempotent=self.task.idempotent,
            at=self.task.at,
            conditions=condition_fields(action.arguments) if action else frozenset(),
            file_arguments=template_file_fields(action.arguments) if action else frozenset(),
        )
        known = {*later, *self.defines, *self.written, *(("item",) if self.task.loop is not None else ())}
        self.defines |= HandlerChecks(self.bench, self.written).check(self.task, known, later)
        self._secret_names()
        if action is None:
            return planned
        checks = ArgumentChecks(action, self.at, self.findings, self.bench.facts, self.bench.root, can_ask=self.bench.can_ask)
        steps = self._steps(planned, action, later, checks)
        connection = self._connection(checks)
        if planned.verify is not None:
            CheckChecks(self.bench, self.written).check(planned, planned.verify, steps, later | self.defines, connection)
        return replace(planned, steps=steps, connection=connection, needs_session=connection == GUARDED, files=self._files)

    def _connection(self, checks: ArgumentChecks) -> str:
        """What the task talks through, on all its hosts."""
        first, *others = self._connections or (checks.default_connection,)
        if others:
            kinds = ", ".join(f"'{kind}'" for kind in (first, *others))
            self.findings.add(f"the task talks through several kinds of connection: {kinds}", self.at, hint="make a task of each")
        return first

    def _plugin(self) -> Action | None:
        try:
            action = self.registries.actions.get(self.task.action)
        except InputError as error:
            self.findings.add(error.message, self.at, hint=error.hint, key=True)
            return None
        if isinstance(action, DefinesFacts):
            self.defines |= set(action.defines(self.task.arguments))
        return action

    def _steps(self, planned: PlannedTask, action: Action, later: frozenset[str], checks: ArgumentChecks) -> dict[str, Step]:
        """The step of each host. A task whose templates mention no name at all is rendered once for all."""
        expressions = expression_fields(action.arguments)
        try:
            named = names_in(planned, expressions, self.templates)
            wanted = named | self._names_in_files(planned)
        except StepError as error:
            self._say(error, None)
            return {}
        shared: dict[str, Step] = {}
        steps = {}
        for host in self.variables:
            step = shared.get("") or self._step(planned, host, wanted, named, expressions, later)
            if step is None:
                continue
            writes = self._checked(planned, step, host, checks)
            if wanted:
                steps[host] = replace(step, writes=writes) if writes else step
                continue
            shared.setdefault("", step)
            steps[host] = shared.setdefault(writes, replace(step, writes=writes))
        if not self.variables:
            self._checked(planned, Step(deferred=wanted | {""}), None, checks)
        return steps

    def _step(
        self,
        planned: PlannedTask,
        host: str,
        wanted: frozenset[str],
        named: frozenset[str],
        expressions: frozenset[str],
        later: frozenset[str],
    ) -> Step | None:
        """What one host will do; `wanted` are the names that it takes, `named` those of them that the playbook itself mentions."""
        variables = self.variables[host]
        try:
            written, used = self._reach(wanted, later)
        except TemplateError as error:
            self.findings.add(error.message, self.task.at, hint=error.hint, host=host)
            return None
        if used & later:
            self._undefined(planned, used - later - variables.keys() - self.written.keys() - {"item"}, host)
            self._fetch(planned, host, written, later)
            return Step(deferred=used & later)
        waits: set[str] = set()

        def read(name: str) -> str:
            source = self._read(name)
            try:
                waiting = closure(self.templates.file_names(source), written, self.templates) & later
            except TemplateError:  # rendering it says so with its place
                return source
            waits.update(waiting)
            return "" if waiting else source

        try:
            step = expand(planned, self.written, variables, expressions, self.templates, read, named)
        except StepError as error:
            self._say(error, host)
            return None
        return Step(deferred=frozenset(waits)) if waits else step

    def _reach(self, wanted: frozenset[str], later: frozenset[str]) -> tuple[dict[str, Any], frozenset[str]]:
        """The variables that are known now, and all names that a step takes: the same for every host. Raises TemplateError."""
        if self._reached is None:
            written = {name: value for name, value in self.written.items() if name not in later}
            self._reached = written, closure(wanted, written, self.templates)
        return self._reached

    def _read(self, name: str) -> str:
        """The text of a template file, which the plan then holds."""
        self._files[name] = self.bench.files.read(name)
        return self._files[name]

    def _names_in_files(self, planned: PlannedTask) -> frozenset[str]:
        """The names that template files use which the playbook names without a template. Raises StepError."""
        found: frozenset[str] = frozenset()
        for key in planned.file_arguments & (planned.raw.keys() if isinstance(planned.raw, dict) else set()):
            name = planned.raw[key]
            if not isinstance(name, str) or is_template(name):
                continue
            try:
                source = self._read(name)
            except TemplateError as error:
                raise StepError((*self.at, key), error) from error
            try:
                found |= self.templates.file_names(source)
            except TemplateError as error:
                raise StepError((*self.at, key), error, file=name) from error
        return found - {"item"} if planned.loop is not None else found

    def _fetch(self, planned: PlannedTask, host: str, written: dict[str, Any], later: frozenset[str]) -> None:
        """Read the template files of a task that waits; one that is not there may belong to a host that its condition spares."""
        for key in planned.file_arguments & (planned.raw.keys() if isinstance(planned.raw, dict) else set()):
            name = planned.raw[key]
            if not isinstance(name, str) or not is_template(name):
                continue
            try:
                names = closure(self.templates.names(name), written, self.templates)
                if names & (later | {"item"}):
                    message = "which template file is meant must be known before the run, and this waits for a result"
                    self.findings.add(message, (*self.at, key), hint="name it without registered results and loops")
                    continue
                self._read(self.templates.render(name, bind(written, self.variables[host], names, self.templates)))
            except TemplateError:
                continue

    def _undefined(self, planned: PlannedTask, names: frozenset[str], host: str) -> None:
        """Names that nothing will define, in a task that cannot be rendered yet."""
        for name in sorted(names):
            if not all(tolerates(text, name) for text in (planned.raw, planned.loop, *planned.when, *self._files.values())):
                hint = hint_for(name, {*self.variables[host], *self.written})
                self.findings.add(f"'{name}' is undefined", self.at, hint=hint, host=host)

    def _checked(self, planned: PlannedTask, step: Step, host: str | None, checks: ArgumentChecks) -> str:
        """Check the arguments of each round; why the step could change the device."""
        platform = self.bench.platforms[host] if host is not None else None
        values = [(planned.raw, True)] if step.deferred else [(each.arguments, False) for each in step.rounds if not each.skip]
        verdicts = [checks.check(value, platform, host, waiting=waiting) for value, waiting in values]
        self._connections.update(dict.fromkeys(verdict.connection for verdict in verdicts if verdict.connection is not None))
        return next((verdict.writes for verdict in verdicts if verdict.writes), "")

    def _secret_names(self) -> None:
        """A name has one meaning: a secret's cannot be taken by a variable."""
        for name in sorted(self.task.vars.keys() & self.bench.secrets):
            self.findings.add(f"'{name}' is a secret of this play", (*self.task.at, "vars", name), hint="choose another name", key=True)
        for name in sorted(self.defines & self.bench.secrets):
            self.findings.add(f"'{name}' is a secret of this play, and this task would set it", self.at, hint="choose another name")

    def _say(self, error: StepError, host: str | None) -> None:
        for each in (error.error, *error.error.others):
            where = self.bench.files.where(error.file, each.line) if error.file else None
            self.findings.add(each.message, error.path, hint=hint_of(each), host=host, where=where)
