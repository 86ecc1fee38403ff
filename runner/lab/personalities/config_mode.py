"""Configuration mode of the platforms that are like IOS: sections entered, lines stored and removed, each as its dialect says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from runner.lab.config_tree import Edit, Path
from runner.lab.personality import Command, Handler, Reply, Session


def _no_objection(line: str, section: Path) -> Reply | None:
    return None


def _as_typed(line: str) -> str:
    return line


def _as_listed(place: str, section: Path) -> str:
    return place


def at_once(session: Session, edit: Edit) -> None:
    """A line is in force when it was typed."""
    edit.on(session.node.config)


def at_top(section: Path, line: str) -> Path | None:
    """Every section stands at the top."""
    return (line,)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a platform configures.

    Arguments:
        words: first words of lines at the top -> the words that may be second, with blanks between; where there are none, anything
            may follow; `<name>` is any one word, and nothing behind it. `section_words`: in a section.
        alone: lines in a section that are one word.
        sections: first words of a line that opens a section -> what the prompt says in it; `place` makes it fit that very section.
        section_line: first words and the rest of such a line -> the line as stored; None when the rest is wrong.
        opened: the section where the session is, and a line that opens one -> the path of the new one; None = not there.
        check: a line and where it is typed -> what the device objects to it.
        stored: a line -> what the configuration shows of it.
        edit: what a change does: made at once, or kept for a commit.
        entered: text on entering; `refused`: text when entering is refused.
    """

    words: Mapping[str, str]
    section_words: Mapping[str, str]
    alone: tuple[str, ...]
    sections: Mapping[str, str]
    section_line: Callable[[str, str], str | None]
    place: Callable[[str, Path], str] = field(default=_as_listed)
    opened: Callable[[Path, str], Path | None] = field(default=at_top)
    check: Callable[[str, Path], Reply | None] = field(default=_no_objection)
    stored: Callable[[str], str] = field(default=_as_typed)
    edit: Callable[[Session, Edit], None] = field(default=at_once)
    entered: str = ""
    refused: str = ""

    def commands(self, where: Literal["config", "section"]) -> tuple[Command, ...]:
        """The lines of configuration that are known at the top, or in a section (where those of the top are tried next)."""
        if where == "config":
            opening = [_line(f"{words} <line>", self.section(words)) for words in self.sections]
            closing = [_line(f"no {words} <line>", self.section(words, remove=True)) for words in self.sections]
            return (*opening, *closing, *self._lines(self.words, top=True))
        single = [_line(word, self.store(word, top=False)) for word in self.alone]
        no_single = [_line(f"no {word}", self.remove(word, top=False)) for word in self.alone]
        return (*single, *no_single, *self._lines(self.section_words, top=False))

    def _lines(self, words: Mapping[str, str], *, top: bool) -> Iterable[Command]:
        for word, known in words.items():
            store, remove = self.store(word, top=top), self.remove(word, top=top)
            yield _line(f"no {word}", remove)
            for second in known.split() or ("<line>",):
                if second.startswith("<"):
                    yield from (_line(f"{word} {second}", store), _line(f"no {word} {second}", remove))
                    continue
                both = f"{word} {second}"
                for behind in ("", " <line>"):
                    yield _line(both + behind, self.store(both, top=top))
                    yield _line(f"no {both}{behind}", self.remove(both, top=top))

    def enter(self, session: Session, values: tuple[str, ...]) -> Reply:
        """Go into configuration mode."""
        if session.node.faults.no_config:
            return Reply(output=self.refused, refused=True)
        self.go(session, "config")
        return Reply(output=self.entered)

    def end(self, session: Session, values: tuple[str, ...]) -> Reply:
        """Leave configuration mode."""
        self.go(session, "exec")
        return Reply()

    def up(self, session: Session, values: tuple[str, ...]) -> Reply:
        """Leave the section, or configuration mode when in none."""
        if session.section:
            self.into(session, session.section[:-1])
        else:
            self.go(session, "exec")
        return Reply()

    def section(self, words: str, *, remove: bool = False) -> Handler:
        """Go into a section that begins with these words, which is made when it does not exist; or remove it."""

        def run(session: Session, values: tuple[str, ...]) -> Reply:
            line = self.section_line(words, " ".join(" ".join(values).split()))
            if line is None:
                return Reply(invalid=True)
            path = self.opened(session.section, line)
            if path is None:
                return Reply(invalid=True, wrong=words.split()[0])
            self.into(session, path[:-1] if remove else path)
            self.edit(session, Edit(kind="remove" if remove else "enter", line=path[-1], section=path[:-1]))
            return Reply()

        return run

    def store(self, words: str, *, top: bool) -> Handler:
        """Keep a line that begins with these words, at the top or where the session is, if the device agrees."""

        def run(session: Session, values: tuple[str, ...]) -> Reply:
            line = " ".join((words, *values))
            objection = self.check(line, session.section)
            return objection or self._change(session, Edit(kind="set", line=self.stored(line)), top)

        return run

    def remove(self, words: str, *, top: bool = True) -> Handler:
        """`no ...`: remove what begins with these words, at the top or where the session is."""
        return lambda session, values: self._change(session, Edit(kind="remove", line=" ".join((words, *values))), top)

    def _change(self, session: Session, edit: Edit, top: bool) -> Reply:
        """Make it; a line of the top leaves the section, as on IOS."""
        if top:
            self.go(session, "config")
        self.edit(session, replace(edit, section=session.section))
        return Reply()

    def go(self, session: Session, mode: str, place: str = "", section: Path = ()) -> None:
        """Change the session's mode."""
        session.mode, session.place, session.section = mode, place, section

    def into(self, session: Session, path: Path) -> None:
        """Go to a section, or to the top of the configuration."""
        if not path:
            self.go(session, "config")
            return
        words = max((words for words in self.sections if f"{path[-1]} ".startswith(f"{words} ")), key=len)
        self.go(session, "section", self.place(self.sections[words], path), path)


def _line(text: str, run: Handler) -> Command:
    return Command(words=tuple(text.split()), run=run, configures=True)
