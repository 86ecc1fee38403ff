"""`nornir-playbook config`: the settings in force and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from runner.cli.options import FORMAT, settings_for
from runner.cli.streams import show


@click.group(short_help="Settings in force.")
def config() -> None:
    """Settings, from flags, environment, nornir-playbook.toml, the user's config.toml and the defaults, in this order."""


@config.command("show", short_help="Show every setting.")
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@FORMAT
def show_(origin: bool, format_: str | None) -> None:
    """Show every setting with its value."""
    settings = settings_for(Path.cwd(), format=format_)
    rows = [(name, _told(settings.value(name)), settings.origin(name)) for name in type(settings.options).model_fields]
    if settings.options.format != "text":
        import json

        show(json.dumps({name: {"value": value, "origin": source} for name, value, source in rows}, indent=2, default=str))
        return
    width = max(len(name) for name, _, _ in rows)
    for name, value, source in rows:
        text = "-" if value is None else str(value)
        show(f"{name:{width}}  {text:<20}  {source}" if origin else f"{name:{width}}  {text}")


def _told(value: Any) -> Any:
    from runner.settings.urls import without_password

    return without_password(value) if isinstance(value, str) else value
