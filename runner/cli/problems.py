"""Shows errors and warnings on stderr: each problem with its place, the line and a caret, then one line that counts them."""

from __future__ import annotations

import click

from runner.errors import InputError, Problem, RunnerError


def show_error(error: RunnerError) -> None:
    """Everything an error knows. Where several problems were found, their number stands last."""
    from runner.documents.show import show_problem
    from runner.reporters.escape import escape

    if not isinstance(error, InputError):
        click.echo(f"error: {escape(error.message)}", err=True)
        if error.hint:
            click.echo(f"  {escape(error.hint)}", err=True)
        return
    for problem in error.problems:
        click.echo(show_problem(problem), err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems)} problems; nothing was touched", err=True)


def show_warnings(problems: tuple[Problem, ...]) -> None:
    """What is odd but allowed."""
    from runner.documents.show import show_problem

    for problem in problems:
        click.echo(f"warning: {show_problem(problem)}", err=True)
