"""Actions made for tests of planning, and registries that know them beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict

from runner.arguments import TemplateFile
from runner.contracts import ActionContext, ActionResult
from runner.errors import InputError
from runner.inventory.load import load_inventory
from runner.planning.plan import Plan
from runner.planning.planner import PlanOptions, make_plan
from runner.planning.registries import Registries
from runner.platforms import Platform
from runner.playbook.loader import read_playbook
from runner.playbook.render import Templates
from runner.settings.load import load_settings

HOSTS = """
r1: {platform: cisco_ios, data: {area: 0, key: R1}}
r2: {platform: cisco_ios, data: {area: 1, key: R2}}
x1: {platform: linux, data: {area: 1}}
"""


class PushArguments(BaseModel):
    """Lines, or a template of them."""

    model_config = ConfigDict(extra="forbid")

    lines: list[str] | None = None
    template: TemplateFile | None = None
    through: str = "netmiko"
    ask: bool = False


class Push:
    """Writes lines."""

    name: ClassVar[str] = "push"
    arguments: ClassVar[type[BaseModel]] = PushArguments
    needs_session: ClassVar[bool] = True

    def writes(self, arguments: PushArguments, platform: Platform) -> str:
        """Always."""
        return "push changes the device"

    def lines(self, arguments: PushArguments) -> tuple[str, ...]:
        """Those of the arguments."""
        return tuple(arguments.lines or (arguments.template or "").splitlines())

    def connection(self, arguments: PushArguments) -> str:
        """As told."""
        return arguments.through

    def unsupported(self, arguments: PushArguments, platform: Platform) -> str:
        """A platform that is made for this."""
        return f"{platform.name} cannot be pushed to" if platform.name == "linux" else ""

    def asks(self, arguments: PushArguments) -> bool:
        """As told."""
        return arguments.ask

    def run(self, arguments: PushArguments, context: ActionContext) -> ActionResult:
        """Nothing is run here."""
        return ActionResult()


class Actions:
    """The registry of actions with `push` among them."""

    def __init__(self, others: Any) -> None:
        self._others = others

    @property
    def names(self) -> tuple[str, ...]:
        """All names."""
        return (*self._others.names, "push")

    def get(self, name: str) -> Any:
        """The action of a name."""
        return Push() if name == "push" else self._others.get(name)


def registries() -> Registries:
    """Ours, and `push`."""
    made = Registries()
    made.actions = Actions(made.actions)  # type: ignore[assignment]  # it does what is asked of it here
    return made


def pushed(folder: Path, playbook: str, **options: Any) -> Plan:
    """The plan of a playbook in a project of three hosts, one of them on Linux."""
    (folder / "inventory").mkdir(exist_ok=True)
    (folder / "inventory" / "hosts.yaml").write_text(HOSTS)
    (folder / "nornir-playbook.toml").touch()
    path = folder / "playbooks" / "x.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(playbook)
    plugins = registries()
    inventory = load_inventory(None, load_settings(flags={"inventory": folder / "inventory"}, environ={}, project=folder))
    reading = read_playbook(path, shown="x.yaml", actions=plugins.actions.names, handlers=plugins.handlers.names)
    if reading.playbook is not None:
        reading = type(reading)(**{**vars(reading), "playbook": reading.playbook.model_copy(update={"path": str(path)})})
    return make_plan(reading, inventory, plugins, Templates(), PlanOptions(**options))


def problems(folder: Path, playbook: str, **options: Any) -> list[str]:
    """What is wrong with it, each with its place."""
    with pytest.raises(InputError) as caught:
        pushed(folder, playbook, **options)
    root = f"{folder}/playbooks/"
    found = [(each.where, f"{each.message} | {each.hint}") for each in caught.value.problems]
    return [f"{where.file}:{where.line} {text}".replace(root, "") if where else text for where, text in found]
