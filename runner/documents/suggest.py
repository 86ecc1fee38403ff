"""Finds the word a user probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MAX_LENGTH = 60  # comparing is quadratic, and a word longer than this is no slip of the finger


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, differences in case and in - or _ aside; None when nothing is close."""
    if len(word) > _MAX_LENGTH:
        return None
    plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(word), plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question for a hint, such as "did you mean 'batch_size'?", or nothing."""
    found = nearest(word, known)
    return f"did you mean '{found}'?" if found else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")
