"""Reads the template files that tasks name: below the project's root, from the playbook's folder, each once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from runner.documents.excerpt import excerpt, split_lines
from runner.documents.suggest import did_you_mean
from runner.errors import Where
from runner.playbook.render import TemplateError

_MAX_BYTES = 1_000_000


@dataclass
class TemplateFiles:
    """The files of one playbook. `texts` holds those that were read, by the name that the playbook gives them.

    Arguments:
        folder: names are relative to it. `root` is the project's folder, which no file may lie outside of once links are followed.
    """

    folder: Path
    root: Path
    texts: dict[str, str] = field(default_factory=dict)

    def read(self, name: str) -> str:
        """The text of a file. Raises TemplateError."""
        if name not in self.texts:
            self.texts[name] = self._read(name)
        return self.texts[name]

    def where(self, name: str, line: int | None) -> Where:
        """A line of a file, the first where none is known."""
        number = line or 1
        return Where(file=str(self.folder / name), line=number, column=1, text=excerpt(split_lines(self.texts.get(name, "")), number - 1))

    def _read(self, name: str) -> str:
        if not name.strip():
            raise TemplateError("names no template file", hint="write its path, relative to the playbook")
        path = self.folder / name
        try:
            real = path.resolve()
            if not real.is_relative_to(self.root.resolve()):
                raise TemplateError(
                    f"the template '{name}' lies outside the project's folder",
                    hint="templates must be below the folder with nornir-playbook.toml or .git",
                )
            if not real.is_file():
                raise TemplateError(f"there is no template file '{name}'", hint=self._near(path))
            if (size := real.stat().st_size) > _MAX_BYTES:
                raise TemplateError(f"the template '{name}' has {size:,} bytes, and at most {_MAX_BYTES:,} are read")
            source = real.read_bytes()
        except (OSError, RuntimeError, ValueError) as error:  # a link that leads to itself, a name with a NUL in it
            raise TemplateError(f"the template '{name}' cannot be read: {getattr(error, 'strerror', None) or error}") from None
        try:
            return source.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise TemplateError(f"the template '{name}' is not UTF-8 text") from None

    def _near(self, path: Path) -> str:
        """The file that was probably meant, from those of the same folder."""
        try:
            known = sorted(each.name for each in path.parent.iterdir() if each.is_file())[:1000]
        except OSError:
            return f"it is looked for at {path}, relative to the playbook"
        guess = did_you_mean(path.name, known)
        return guess or f"it is looked for at {path}, relative to the playbook"
