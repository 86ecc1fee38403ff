"""`nornir-playbook doc`: the reference of keywords, actions and result handlers, printed from their models."""

from __future__ import annotations

import click


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from runner.planning.reference import names

    return [name for name in names() if name.startswith(incomplete)]


@click.command(short_help="Reference of keywords, actions and result handlers.")
@click.argument("name", required=False, shell_complete=_names)
def doc(name: str | None) -> None:
    """Show the reference of NAME, an action, a result handler, `play` or `task`; without NAME the list of them."""
    from runner.planning.reference import overview, reference

    click.echo("\n".join(overview() if name is None else reference(name)))
