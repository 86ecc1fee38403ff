"""`nornir-playbook schema`: what an editor needs to know to help with playbooks."""

from __future__ import annotations

import json

import click

from runner.cli.streams import show


@click.command(short_help="Print the JSON Schema of a playbook, for editors.")
def schema() -> None:
    """Print the JSON Schema of a playbook, with the actions and result handlers that are installed here.

    \b
    nornir-playbook schema > playbook.schema.json

    Editors with yaml-language-server then complete and check a playbook that begins with this line:
    `# yaml-language-server: $schema=playbook.schema.json`
    """
    from runner.planning.registries import Registries
    from runner.planning.schema import playbook_schema

    show(json.dumps(playbook_schema(Registries()), indent=2, ensure_ascii=True))
