"""`nornir-playbook hosts`: which hosts a pattern selects, and what the inventory knows of them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from runner.cli.completion import complete_hosts
from runner.cli.options import FORMAT, INVENTORY, LIMIT, settings_for
from runner.cli.streams import complain, results_apart, show


@click.command(short_help="Show the hosts a pattern selects.")
@click.argument("pattern", default="all", shell_complete=complete_hosts)
@INVENTORY
@LIMIT
@FORMAT
def hosts(pattern: str, limit: str | None, inventory: str | None, format_: str | None) -> None:
    """Show the hosts that PATTERN selects, in the order they would run, with address, platform and groups.

    \b
    nornir-playbook hosts 'core,&ams,!r7'       core routers in ams, without r7
    nornir-playbook hosts '~r[0-9]$'            a regular expression
    """
    from runner.cli.problems import show_warnings
    from runner.inventory.load import load_inventory
    from runner.inventory.patterns import select
    from runner.reporters.escape import escape

    settings = settings_for(Path.cwd(), inventory=inventory, format=format_)
    with results_apart():
        loaded = load_inventory(None, settings)
    show_warnings(loaded.warnings)
    devices = [loaded.devices[name] for name in select(pattern, loaded, limit=limit)]
    if settings.options.format != "text":
        rows = [
            {"name": each.name, "hostname": each.hostname, "port": each.port, "platform": each.platform, "groups": list(each.groups)}
            for each in devices
        ]
        show(json.dumps(rows, indent=2))
        return
    width = max((len(each.name) for each in devices), default=0)
    addresses = [f"{each.hostname}:{each.port}" for each in devices]
    room = max((len(address) for address in addresses), default=0)
    for each, address in zip(devices, addresses, strict=True):
        show(escape(f"{each.name:{width}}  {address:{room}}  {each.platform or '-':<12}  {','.join(each.groups) or '-'}"))
    complain(f"{len(devices)} of {len(loaded.devices)} hosts")
