"""`nornir-playbook help`: what is longer than an option's help, such as the exit codes."""

from __future__ import annotations

import click

from runner.cli.streams import show

EXIT_CODES = """\
Exit codes of nornir-playbook

  0  ok: every host did what the playbook says
  1  internal error: a bug of ours, or the machine failed us
  2  a host failed, or a result handler did
  3  invalid input: usage, YAML, undefined variables, nothing matched; no device was touched
  4  a host was unreachable
  5  a host is in doubt: a write was begun and its end was not seen
  6  another job works on a device, and --on-busy says not to wait
  7  stopped or paused before the end
  8  differences were found (`diff --detailed-exitcode`)

Where several hold, the first of 1, 5, 4, 2, 6, 7, 8 is given.
"""


COMPLETION = """\
Completion of commands, options, hosts, groups and jobs

bash, in ~/.bashrc:
  eval "$(_NORNIR_PLAYBOOK_COMPLETE=bash_source nornir-playbook)"

zsh, in ~/.zshrc, below compinit:
  eval "$(_NORNIR_PLAYBOOK_COMPLETE=zsh_source nornir-playbook)"

fish, in ~/.config/fish/completions/nornir-playbook.fish:
  _NORNIR_PLAYBOOK_COMPLETE=fish_source nornir-playbook | source

Hosts and groups are those of the inventory that the line names (-i), else of the settings; jobs are the last 50.
"""

TOPICS = {"exit-codes": EXIT_CODES, "completion": COMPLETION}


@click.command("help", short_help="Longer explanations: exit-codes, completion.")
@click.argument("topic", type=click.Choice([*TOPICS]), required=False)
@click.pass_context
def help_(context: click.Context, topic: str | None) -> None:
    """Show a longer explanation: of the exit codes, or of shell completion."""
    if topic is None:
        parent = context.parent or context
        show(parent.get_help())
        return
    show(TOPICS[topic], nl=False)
