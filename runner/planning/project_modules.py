"""Imports modules from a project's `plugins/` folder, so that projects in one process never see each other's."""

from __future__ import annotations

import builtins
import importlib.util
import sys
import threading
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "plugins"

_lock = threading.RLock()
_projects: dict[Path, ProjectModules] = {}


def project_modules(root: Path) -> ProjectModules:
    """The modules of the project in that folder."""
    folder = (root / FOLDER).resolve()
    with _lock:
        if folder not in _projects:
            _projects[folder] = ProjectModules(folder)
        return _projects[folder]


class _Source(SourceFileLoader):
    """Leaves no compiled files in the project's folder."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Python would write `__pycache__` here."""


class ProjectModules:
    """The modules in one folder. Nothing is put on `sys.path`: they are imported below a private package of their own.

    An `import` in one of them finds its neighbours first, by the names that they have in the folder, at any time: their builtins
    hold an `__import__` of ours, which is where Python's import statement looks.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._package = f"_nornir_playbook_{sha256(str(folder).encode()).hexdigest()[:16]}"
        self._builtins = {**vars(builtins), "__import__": self._import}
        anchor = ModuleType(self._package)
        anchor.__path__ = [str(folder)]
        sys.modules[self._package] = anchor

    def names(self) -> tuple[str, ...]:
        """The modules and packages at the top of the folder."""
        entries = self.folder.iterdir() if self.folder.is_dir() else ()
        return tuple(sorted({each.stem for each in entries if each.suffix == ".py" or (each.is_dir() and _holds_code(each))}))

    def load(self, name: str) -> ModuleType | None:
        """The module, imported once; None when the folder has none of that name. Raises whatever its code raises."""
        with _lock:
            full = f"{self._package}.{name}" if name else self._package
            if full in sys.modules:
                return sys.modules[full]
            above, _, last = name.rpartition(".")
            holder = self.load(above)
            spec = _spec(full, getattr(holder, "__path__", ()))
            if spec is None:
                return None
            module = importlib.util.module_from_spec(spec)
            vars(module)["__builtins__"] = self._builtins
            sys.modules[full] = module
            try:
                if spec.loader is not None:
                    spec.loader.exec_module(module)
            except BaseException:
                sys.modules.pop(full, None)
                raise
            setattr(holder, last, module)
            return module

    def _import(
        self,
        name: str,
        globals_: Mapping[str, Any] | None = None,
        locals_: Mapping[str, Any] | None = None,
        fromlist: Iterable[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What an import statement in one of the modules calls."""
        wanted = tuple(fromlist or ())
        if level:
            package = str((globals_ or {}).get("__package__"))
            inner = importlib.util.resolve_name("." * level + name, package).removeprefix(self._package).removeprefix(".")
            self._with_submodules(inner, self.load(inner), wanted)
            return builtins.__import__(name, globals_, locals_, wanted, level)
        top = self.load(name.partition(".")[0])
        if top is None:
            return builtins.__import__(name, globals_, locals_, wanted, 0)
        module = self.load(name)
        if module is None:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        self._with_submodules(name, module, wanted)
        return module if wanted else top

    def _with_submodules(self, name: str, module: ModuleType | None, wanted: Iterable[str]) -> None:
        """`from package import module` imports that module."""
        for each in wanted:
            if module is not None and each != "*" and not hasattr(module, each):
                self.load(f"{name}.{each}" if name else each)


def _spec(full: str, places: Iterable[str]) -> ModuleSpec | None:
    for place in places:
        spec = FileFinder(place, (_Source, SOURCE_SUFFIXES)).find_spec(full)
        if spec is None:
            continue
        if spec.loader is None and not any(_holds_code(Path(each)) for each in spec.submodule_search_locations or ()):
            continue  # a folder of data is no package
        return spec
    return None


def _holds_code(folder: Path) -> bool:
    return any(folder.glob("*.py"))
