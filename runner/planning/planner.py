"""Makes the plan of a playbook, or says everything that is wrong with it, before any device is touched."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner import batches
from runner.batches import BatchSpec
from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem
from runner.inventory.model import Inventory
from runner.inventory.patterns import select
from runner.inventory.view import variables_of
from runner.planning.check_checks import idle_in
from runner.planning.doubts import doubts_in_playbook
from runner.planning.findings import Findings
from runner.planning.limits import Given, policy_of
from runner.planning.plan import Plan, PlannedBatch, PlannedPlay, PlannedTask
from runner.planning.project_platforms import read_platforms
from runner.planning.registries import Registries
from runner.planning.secrets import plan_secrets
from runner.planning.slips import slips_in
from runner.planning.steps import has_template
from runner.planning.tags import SPECIAL
from runner.planning.tasks import plan_tasks
from runner.planning.template_files import TemplateFiles
from runner.planning.workbench import Workbench
from runner.playbook.loader import Reading
from runner.playbook.model import Order, Play, Playbook
from runner.playbook.render import TemplateError, Templates
from runner.playbook.vars_files import read_vars_file
from runner.settings.project import project_root

_NAMED = 3
"""Plays named in a message before the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What the starter of a run decided beside the playbook.

    Arguments:
        limit: host pattern that filters every play, or the names of the hosts that are left.
        batch_size: wins over the playbook; `default_batch_size` is for plays that name none.
        tags: run only tasks with one of these; `skip_tags` wins over it.
        extra_vars: win over every other variable.
        limits: on failures, logins and retries.
        can_ask: whether somebody at a terminal can be asked while it runs.
    """

    limit: str | tuple[str, ...] | None = None
    batch_size: BatchSpec | None = None
    default_batch_size: BatchSpec = field(default_factory=lambda: batches.parse_batch_size(batches.DEFAULT))
    tags: tuple[str, ...] = ()
    skip_tags: tuple[str, ...] = ()
    extra_vars: Mapping[str, Any] = field(default_factory=dict)
    limits: Given = field(default_factory=Given)
    can_ask: bool = True


def make_plan(reading: Reading, inventory: Inventory, registries: Registries, templates: Templates, options: PlanOptions) -> Plan:
    """The plan of a playbook that was read.

    Raises:
        InputError: with every problem of the file and of the plan, found in this one pass.
    """
    if reading.playbook is None or reading.document is None:
        raise InputError(reading.problems)
    options, limit_problems = _checked_limit(options, inventory)
    planner = _Planner(reading, Path(reading.playbook.path), inventory, registries, templates, options)
    plays, problems, first_batch = [], [*reading.problems, *limit_problems, *planner.problems], 1
    for index, play in enumerate(reading.playbook.plays):
        findings = Findings(reading.document)
        planned = planner.play(index, play, first_batch, findings)
        found = findings.problems(len(planned.hosts) if planned else 0)
        problems.extend(problem for problem in found if problem not in problems)
        if planned:
            plays.append(planned)
            first_batch += len(planned.batches)
    problems.extend(_unknown_tags(reading.playbook, options))
    nobody = not any(play.hosts for play in plays) and not all(play.allow_empty for play in reading.playbook.plays)
    if nobody and options.limit and not problems:
        hint = "nornir-playbook hosts PATTERN shows what a pattern selects"
        limit = options.limit if isinstance(options.limit, str) else ",".join(options.limit)
        meant = f"the limit '{limit}' leaves no host in any play: {_meant(reading.playbook)}"
        problems.append(Problem(message=meant, hint=hint))
    if problems:
        raise InputError(sorted(problems, key=_place))
    hosts = dict.fromkeys(host for play in plays for host in play.hosts)
    return Plan(
        playbook=reading.playbook.path,
        root=planner.root,
        plays=tuple(plays),
        devices={host: inventory.devices[host] for host in hosts},
        extra_vars=options.extra_vars,
        platforms=planner.platforms,
        warnings=(
            *doubts_in_playbook(reading.document, registries),
            *dict.fromkeys(planner.warnings),
            *slips_in(plays, reading.document),
            *idle_in(plays, reading.document),
        ),
    )


def _meant(playbook: Playbook) -> str:
    """What the plays are for, as written; the first of them by name."""
    patterns = [(play.name, play.hosts if isinstance(play.hosts, str) else ",".join(play.hosts)) for play in playbook.plays]
    said = [(f"play '{name}'" if name else f"play {number}") + f" is for '{hosts}'" for number, (name, hosts) in enumerate(patterns, 1)]
    return ", ".join(said[:_NAMED]) + (f" and {len(said) - _NAMED} more" if len(said) > _NAMED else "")


def _checked_limit(options: PlanOptions, inventory: Inventory) -> tuple[PlanOptions, list[Problem]]:
    """The limit is wrong or right by itself, whatever the plays say; a wrong one is told once and left out."""
    try:
        select("all", inventory, limit=options.limit, allow_empty=True)
    except InputError as error:
        return replace(options, limit=None), [replace(problem, message=f"--limit: {problem.message}") for problem in error.problems]
    return options, []


def _unknown_tags(playbook: Playbook, options: PlanOptions) -> Iterator[Problem]:
    """A tag that no task has would choose nothing, or skip nothing, without a word."""
    known = {tag for play in playbook.plays for task in play.tasks for tag in (*play.tags, *task.tags)}
    for tag in (*options.tags, *options.skip_tags):
        if tag not in known | SPECIAL:
            hint = did_you_mean(tag, known) or (f"tags of this playbook: {', '.join(sorted(known))}" if known else "no task has a tag")
            yield Problem(message=f"no task has the tag '{tag}'", hint=hint)


class _Planner:
    """Holds what every play of one playbook shares."""

    def __init__(
        self, reading: Reading, path: Path, inventory: Inventory, registries: Registries, templates: Templates, options: PlanOptions
    ) -> None:
        self.lost = reading.lost
        self.path = path
        self.root = project_root(path)
        self.inventory = inventory
        self.registries = registries
        self.templates = templates
        self.options = options
        self.warnings: list[Problem] = []
        self.files = TemplateFiles(path.parent, self.root)
        self.platforms, self.problems = read_platforms(self.root)

    def play(self, index: int, play: Play, first_batch: int, findings: Findings) -> PlannedPlay | None:
        """One play; None where its hosts cannot be known. Problems go to `findings`."""
        hosts = self._hosts(play, findings)
        written, constants = self._variables(play, findings)
        variables = {
            host: {**variables_of(self.inventory.devices[host], self.inventory), **constants, **self.options.extra_vars} for host in hosts
        }
        markers, references = plan_secrets(play, variables, written, self.options.extra_vars.keys(), self.templates, findings)
        if markers:
            variables = {host: {**values, **markers} for host, values in variables.items()}
        limits = self.options.limits.of(play)
        bench = Workbench(
            variables=variables,
            written=written,
            extra=self.options.extra_vars.keys(),
            platforms={host: self.inventory.devices[host].platform for host in hosts},
            registries=self.registries,
            templates=self.templates,
            findings=findings,
            files=self.files,
            root=self.root,
            facts=self.platforms,
            secrets=frozenset(markers),
            ignore_unreachable=play.ignore_unreachable,
            can_ask=self.options.can_ask,
        )
        tasks = plan_tasks(play, bench, self.options.tags, self.options.skip_tags, later=self.lost)
        _one_connection(tasks, hosts, findings)
        try:
            spec = self.options.batch_size or (
                batches.parse_batch_size(play.batch_size) if play.batch_size is not None else self.options.default_batch_size
            )
        except ValueError as error:
            findings.add(str(error), (*play.at, "batch_size"))
            return None
        groups = batches.split(hosts, spec)
        return PlannedPlay(
            index=index,
            name=play.name or f"play {index + 1}",
            hosts=hosts,
            batch_size=spec.as_written,
            batches=tuple(PlannedBatch(number=first_batch + place, hosts=group) for place, group in enumerate(groups)),
            tasks=tasks,
            variables=variables,
            written_vars=written,
            policy=policy_of(limits),
            max_auth_failures=limits.get("max_auth_failures", 3),
            connect_retries=limits.get("connect_retries", 0),
            ignore_unreachable=play.ignore_unreachable,
            secrets=references,
        )

    def _hosts(self, play: Play, findings: Findings) -> tuple[str, ...]:
        try:
            hosts = select(play.hosts, self.inventory, limit=self.options.limit, allow_empty=play.allow_empty)
        except InputError as error:
            for problem in error.problems:
                if problem.where:
                    findings.extend([problem])
                else:
                    findings.add(problem.message, (*play.at, "hosts"), hint=problem.hint)
            return ()
        return ordered(hosts, play.order)

    def _variables(self, play: Play, findings: Findings) -> tuple[dict[str, Any], dict[str, Any]]:
        """The play's variables: those that are templates, as written, and those that are plain. Files win over `vars`, as in Ansible."""
        written: dict[str, Any] = dict(play.vars)
        for position, name in enumerate(play.vars_files):
            values, problems = read_vars_file(self.path.parent / name, self.root, shown=name, warnings=self.warnings)
            for problem in problems:
                if problem.where:
                    findings.extend([problem])
                else:
                    findings.add(problem.message, (*play.at, "vars_files", position), hint=problem.hint)
            written.update(values)
        templated: dict[str, Any] = {}
        plain: dict[str, Any] = {}
        for name, value in written.items():
            if name in self.options.extra_vars:
                continue
            try:
                (templated if has_template(value) else plain)[name] = value
                self.templates.names(value)
            except TemplateError as error:
                place = ("vars", name) if name in play.vars else ("vars_files",)
                findings.add(f"variable '{name}': {error.message}", (*play.at, *place), hint=error.hint)
        return templated, plain


def _one_connection(tasks: Sequence[PlannedTask], hosts: Sequence[str], findings: Findings) -> None:
    """A host has one session in a play, so that nobody has to know in which order two of them see each other's changes."""
    for host in hosts:
        used: dict[str, str] = {}
        for task in tasks:
            step = task.steps.get(host)
            if not task.connection or step is None or step.skipped:
                continue
            used.setdefault(task.connection, task.name)
            if len(used) > 1:
                [(first, name), (second, _)] = used.items()
                message = f"the host would be talked to through '{second}', but the task '{name}' talks through '{first}'"
                findings.add(message, (*task.at, task.action), hint="a host has one connection in a play: make two plays", host=host)
                break


def ordered(hosts: Sequence[str], order: Order) -> tuple[str, ...]:
    """Hosts in the order a play asks for; `shuffle` is different at each call."""
    match order:
        case "inventory":
            return tuple(hosts)
        case "reverse_inventory":
            return tuple(reversed(hosts))
        case "sorted":
            return tuple(sorted(hosts))
        case "reverse_sorted":
            return tuple(sorted(hosts, reverse=True))
        case "shuffle":
            return tuple(random.sample(hosts, len(hosts)))


def _place(problem: Any) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)
