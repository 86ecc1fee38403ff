"""YAML of other programs that is nested too deeply: it ends in one sentence, as ours does."""

from __future__ import annotations

import pytest

from runner.documents.foreign import parse_foreign, plain
from runner.errors import InputError

CHAIN = "\n".join(f"- &a{number} {'[' * 30}{f'*a{number - 1}' if number else 'x'}{']' * 30}" for number in range(40))

TOO_DEEP = [
    ("f84 brackets", "[" * 20_000 + "]" * 20_000),
    ("f84 braces", "{a: " * 600 + "}" * 600),
    ("one level too many", "[" * 65 + "]" * 65),
    ("through aliases", CHAIN),
]


@pytest.mark.parametrize("text", [row[1] for row in TOO_DEEP], ids=[row[0] for row in TOO_DEEP])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_foreign(text, file="x.yml")
    assert caught.value.message == "x.yml cannot be read as YAML: it is nested too deeply"


def test_what_is_as_deep_as_our_own_may_be_is_read() -> None:
    data = plain(parse_foreign("[" * 64 + "]" * 64, file="x.yml"))
    depth = 0
    while isinstance(data, list):
        depth, data = depth + 1, data[0] if data else None
    assert depth == 64
