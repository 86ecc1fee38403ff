"""Which keys a model accepts at a place in its data, for advice about unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def known_keys(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the model allows in the mapping at `path`, as a user writes them; of all models where several may stand there."""
    places: list[Any] = [model]
    for step in path:
        places = [inner for place in places for each in _unwrapped(place) for inner in _inside(each, step)]
    kinds = [each for place in places for each in _unwrapped(place)]
    kinds += [entry for each in kinds if get_origin(each) in (list, tuple) for entry in _inside(each, 0)]  # one entry without brackets
    models = [each for each in kinds if _is_model(each)]
    return tuple(dict.fromkeys(key for each in models for key in keys_of(each)))


def takes_anything(model: type[BaseModel], path: Sequence[str | int]) -> bool:
    """Whether the model leaves it open what stands at `path`: the type there, or of something around it, is Any."""
    places: list[Any] = [model]
    for step in path:
        places = [inner for place in places for each in _unwrapped(place) for inner in _inside(each, step)]
        if any(each is Any for place in places for each in _unwrapped(place)):
            return True
    return False


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a model as a user writes them; fields marked internal are left out."""
    return tuple(info.alias or name for name, info in model.model_fields.items() if not _internal(info))


def _internal(info: FieldInfo) -> bool:
    return isinstance(info.json_schema_extra, dict) and bool(info.json_schema_extra.get("internal"))


def _is_model(place: Any) -> bool:
    return isinstance(place, type) and issubclass(place, BaseModel)


def _unwrapped(place: Any) -> Iterator[Any]:
    """The types behind Annotated, unions and root models."""
    if _is_model(place) and "root" in place.model_fields:
        yield from _unwrapped(place.model_fields["root"].annotation)
    elif get_origin(place) is Annotated:
        yield from _unwrapped(get_args(place)[0])
    elif get_origin(place) in (Union, UnionType):
        for each in get_args(place):
            yield from _unwrapped(each)
    else:
        yield place


def _inside(place: Any, step: str | int) -> Iterable[Any]:
    if _is_model(place):
        return [info.annotation for name, info in place.model_fields.items() if step in (name, info.alias)]
    arguments = get_args(place)
    if isinstance(step, int):
        return [each for each in arguments if each is not Ellipsis]
    return arguments[1:2]
