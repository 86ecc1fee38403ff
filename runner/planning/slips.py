"""Notices a command that counts as writing because its first word is a slip of the finger, such as `shw`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runner.documents.model import Document
from runner.errors import Problem
from runner.planning.plan import PlannedPlay
from runner.platforms import Platform

_SHORTEST = 3
"""A word of fewer letters is one slip away from too many others."""

_REASON = re.compile(r"(?P<clause>'(?P<word>\S+)' is not a read-only command of .+?)(?: \((?P<hint>did you mean '\S+'\?)\))?")


def with_suggestion(reason: str, platform: Platform) -> str:
    """Why a command writes, as `Platform.why_it_writes` says it, with the reading word that was probably meant."""
    match = _REASON.match(reason)
    near = next(filter(lambda known: _one_slip(match["word"].lower(), known), platform.read_only), "") if match else ""
    return f"{reason} (did you mean '{near}'?)" if near else reason


def slips_in(plays: Iterable[PlannedPlay], document: Document) -> Iterator[Problem]:
    """A warning for each such command of the plays, with its task's place."""
    for task in (task for play in plays for task in play.tasks if not task.no_log):
        for reason in dict.fromkeys(step.writes for step in task.steps.values()):
            match = _REASON.fullmatch(reason)
            if match and match["hint"]:
                yield document.problem(f"{match['clause']}, so it counts as writing", (*task.at, task.action), hint=match["hint"])


def _one_slip(word: str, known: str) -> bool:
    """Whether one letter too many, too few, wrong, or two letters swapped make the difference."""
    if min(len(word), len(known)) < _SHORTEST or word == known:
        return False
    shorter, longer = sorted((word, known), key=len)
    same = next((place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[same:] == longer[same + 1 :]
    swapped = word[:same] + word[same : same + 2][::-1] + word[same + 2 :]
    return word[same + 1 :] == known[same + 1 :] or swapped == known
