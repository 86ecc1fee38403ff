"""What planning the tasks of a play works with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.planning.findings import Findings
from runner.planning.registries import Registries
from runner.planning.template_files import TemplateFiles
from runner.platforms import Platforms
from runner.playbook.render import Templates


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """One play's hosts, names and tools.

    Arguments:
        variables: for each host the names that have values.
        written: variables of the play whose values are templates themselves.
        extra: names of the variables that win over all, which `variables` hold already.
        platforms: each host's platform, None where the inventory names none; `facts` is what is known of platforms.
        secrets: names of the play's secrets, whose markers `variables` hold.
        files: reads the template files; `root` is the project's folder.
        can_ask: whether somebody at a terminal can be asked.
    """

    variables: Mapping[str, Mapping[str, Any]]
    written: Mapping[str, Any]
    extra: Collection[str]
    platforms: Mapping[str, str | None]
    registries: Registries
    templates: Templates
    findings: Findings
    files: TemplateFiles
    root: Path
    facts: Platforms = field(default_factory=Platforms)
    secrets: frozenset[str] = frozenset()
    ignore_unreachable: bool = False
    can_ask: bool = True
