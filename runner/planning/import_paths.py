"""Finds the functions that a playbook names by import path, in the project's `plugins/` folder or in the environment."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Collection, Iterable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from runner.documents.suggest import did_you_mean
from runner.errors import InputError
from runner.planning.project_modules import FOLDER, ProjectModules, project_modules

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_SHAPE = re.compile(rf"{_NAME}:{_NAME}")


def _shaped(path: str) -> str:
    if _SHAPE.fullmatch(path):
        return path
    guess = ":".join(path.rsplit(".", 1))
    hint = f", here perhaps '{guess}'" if _SHAPE.fullmatch(guess) else ""
    raise ValueError(f"must be package.module:function{hint}")


ImportPath = Annotated[
    str,
    AfterValidator(_shaped),
    Field(description="`package.module:function`, looked for in the project's `plugins/` folder, then in the environment."),
]
"""The type of an argument that names a function."""


def function_at(path: str, root: Path) -> Callable[..., Any]:
    """The function that an import path names; `root` is the project's folder, whose `plugins/` come first.

    Raises:
        InputError: there is no such module or name in it, importing it raises, or it cannot be called.
    """
    name, _, attributes = path.partition(":")
    found: Any = _module(name, root)
    for attribute in attributes.split("."):
        if not hasattr(found, attribute):
            known = [each for each in dir(found) if not each.startswith("_")]
            raise InputError(f"the module '{name}' has no '{attributes}'", hint=did_you_mean(attribute, known))
        found = getattr(found, attribute)
    if not callable(found):
        raise InputError(f"'{path}' is not a function", hint=f"it is of the type {type(found).__name__}")
    return found  # type: ignore[no-any-return]  # what a user names can be anything


def asked_for(function: Callable[..., Any], offered: Iterable[str]) -> tuple[str, ...]:
    """Which of the offered arguments the function's signature names."""
    parameters = _parameters(function)
    return tuple(name for name in offered if name in parameters and parameters[name].kind not in _NOT_BY_NAME)


def check_call(function: Callable[..., Any], path: str, given: Collection[str], *, first: int = 0) -> None:
    """Find out whether a function can be called with these arguments by name, behind `first` ones by position.

    Raises:
        InputError: it cannot, or calling it would only make a coroutine or generator.
    """
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise InputError(f"'{path}' is an asynchronous function or a generator", hint="write a function that returns its result")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C do not tell
        return
    try:
        signature.bind(*([None] * first), **dict.fromkeys(given))
    except TypeError as error:
        names = ", ".join([*signature.parameters][first:])
        hint = f"its arguments are: {names}" if names else "it takes none"
        raise InputError(f"'{path}' cannot be called with these args: {error}", hint=hint) from error


def entry_point(group: str, name: str, kind: str) -> Any:
    """What a distribution published under that name, and nothing else of the group, is loaded.

    Raises:
        InputError: there is none, or it cannot be imported.
    """
    found = {each.name: each for each in entry_points(group=group)}
    if name not in found:
        raise InputError(f"there is no {kind} '{name}'", hint=did_you_mean(name, found) or f"installed: {', '.join(sorted(found))}")
    try:
        return found[name].load()
    except Exception as error:
        raise InputError(f"the {kind} '{name}' cannot be loaded from {found[name].value}: {type(error).__name__}: {error}") from error


_NOT_BY_NAME = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def _module(name: str, root: Path) -> Any:
    modules = project_modules(root)
    try:
        return modules.load(name) or import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            raise InputError(
                f"there is no module '{name}'",
                hint=did_you_mean(name, modules.names()) or f"looked for in {root / FOLDER} and among what is installed",
            ) from error
        raise _broken(name, error, modules) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the module is somebody's code: whatever it raises, SystemExit too, is what is wrong with it
        raise _broken(name, error, modules) from error


def _broken(name: str, error: BaseException, modules: ProjectModules) -> InputError:
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    told = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return InputError(f"the module '{name}' cannot be imported: {told}", hint=_place(error, modules.folder))


def _place(error: BaseException, folder: Path) -> str:
    """Where in the project's own code it happened."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    for file, line in reversed(places):
        if Path(file).is_relative_to(folder):
            return f"see {Path(file).relative_to(folder.parent)}:{line}"
    return ""
