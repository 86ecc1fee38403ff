"""What every regular expression of a playbook that looks at device output has in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from runner.errors import RunnerError
from runner.settled_sets import settled

LONGEST_INPUT = 1_000_000
"""Characters of output a regular expression is let loose on. Python's `re` cannot be given a time limit."""


def _compiles(pattern: str) -> str:
    pattern = settled(pattern)
    try:
        re.compile(pattern, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a valid regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression; `^` and `$` match at every line."""


def compiled(pattern: str, output: str) -> re.Pattern[str]:
    """The pattern, ready to look at `output`.

    Raises:
        RunnerError: the output is longer than LONGEST_INPUT.
    """
    if len(output) > LONGEST_INPUT:
        raise RunnerError(
            f"the output has {len(output)} characters, and a regular expression is used on {LONGEST_INPUT} at most",
            hint="ask the device for less, for example with `| include`",
        )
    return re.compile(pattern, re.MULTILINE)
