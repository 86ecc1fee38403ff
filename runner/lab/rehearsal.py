"""Understands `--fault r7,r9=hang_at=command`: what is to be wrong with which device of `lab up`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from runner.lab.errors import LabError
from runner.lab.faults import Faults

_TYPES: dict[str, Any] = get_type_hints(Faults)
_WORDS = {"down": "refuse"}
"""What people call a fault, beside its own name."""
_NOT_TYPED = ("not_ssh", "raw_output", "confirm_on")
"""Faults whose values are no single word, number or command."""


def offered() -> tuple[str, ...]:
    """The names of the faults that can be asked for."""
    return tuple(name for name in _TYPES if name not in _NOT_TYPED)


def faults_of(texts: Iterable[str], names: Collection[str]) -> dict[str, Faults]:
    """Device -> what is wrong with it. Each text is `NAME[,NAME]=FAULT` or, for a fault that needs it, `NAME=FAULT=VALUE`.

    Raises LabError: no device of `names`, no such fault, a value that it does not take.
    """
    found: dict[str, Faults] = {}
    for text in texts:
        devices, _, wanted = text.partition("=")
        word, equals, value = wanted.strip().partition("=")
        if not devices.strip() or not word:
            raise LabError(f"the fault '{text}' is not NAME=FAULT", hint="write r7=refuse, r9=hang_at=command, or r3,r4=slow=2")
        name = _WORDS.get(word, word)
        if name not in offered():
            raise LabError(f"the lab knows no fault '{word}'", hint=f"one of: {', '.join(offered())}")
        change = {name: _value(name, value if equals else None)}
        for device in (each.strip() for each in devices.split(",")):
            if device not in names:
                raise LabError(f"the lab has no device '{device}' for a fault", hint="they are called r1, r2, ... up to --devices")
            found[device] = replace(found.get(device, Faults()), **change)
    return found


def _value(name: str, text: str | None) -> Any:
    """The value of a fault, from a text as its type wants it."""
    kinds = [kind for kind in (get_args(_TYPES[name]) or (_TYPES[name],)) if kind is not type(None)]
    if kinds == [bool]:
        if text is not None:
            raise LabError(f"the fault '{name}' takes no value", hint=f"write NAME={name}")
        return True
    choices = _choices(name)
    if text is None or not text.strip() or (choices and text not in choices):
        wanted = f"one of: {', '.join(choices)}" if choices else f"write NAME={name}=VALUE"
        raise LabError(f"the fault '{name}' needs a value", hint=wanted)
    if name == "error_on":
        return frozenset({text})
    if choices or kinds == [str]:
        return text
    try:
        return kinds[0](text)
    except ValueError:
        raise LabError(f"the fault '{name}' needs a number, and this is '{text}'", hint=f"write NAME={name}=2") from None


def _choices(name: str) -> tuple[str, ...]:
    kinds = [_TYPES[name], *get_args(_TYPES[name])]
    return next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())
