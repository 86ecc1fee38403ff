"""Shows errors and warnings on stderr: each problem with its place, the line and a caret, then one line that counts them."""

from __future__ import annotations

from runner.cli.streams import complain
from runner.errors import InputError, Problem, RunnerError


def show_error(error: RunnerError) -> None:
    """Everything an error knows. Where several problems were found, their number stands last."""
    from runner.reporters.escape import escape

    if not isinstance(error, InputError):
        complain(f"error: {escape(error.message)}")
        if error.hint:
            complain(f"  {escape(error.hint)}")
        return
    for problem in error.problems:
        complain(_shown(problem, "error: "))
    if len(error.problems) > 1:
        complain(f"{len(error.problems)} problems; nothing was touched")


def show_warnings(problems: tuple[Problem, ...]) -> None:
    """What is odd but allowed."""
    for problem in problems:
        complain(_shown(problem, "warning: ", always=True))


def _shown(problem: Problem, word: str, *, always: bool = False) -> str:
    """A problem that has a place begins with it, as editors expect."""
    from runner.documents.show import show_problem

    return f"{word if always or problem.where is None else ''}{show_problem(problem)}"
