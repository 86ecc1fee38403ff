"""Configuration mode of the platforms that are like IOS: sections entered, lines stored and removed, each as its dialect says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
        words: first words of lines at the top; `section_words`: in a section; `alone`: in a section, with nothing behind.
        sections: first words of a line that opens a section -> what the prompt says in it; `place` makes it fit that very section.
        section_line: first words and the rest of such a line -> the line as stored; None when the rest is wrong.
        opened: the section where the session is, and a line that opens one -> the path of the new one; None = not there.
        check: a line and where it is typed -> what the device objects to it.
        stored: a line -> what the configuration shows of it.
        edit: what a change does: made at once, or kept for a commit.
        entered: text on entering; `refused`: text when entering is refused; `incomplete`: text for a line that wants more words.
    """

    words: tuple[str, ...]
    section_words: tuple[str, ...]
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
    incomplete: str = "% Incomplete command.\n"

    def commands(self, where: Literal["config", "section"]) -> tuple[Command, ...]:
        """The lines of configuration that are known at the top, or in a section (where those of the top are tried next)."""
        if where == "config":
            opening = (_line(f"{words} <line>", self.section(words)) for words in self.sections)
            return (*opening, _line("no <line>", self.remove), *(_line(f"{word} <line>", self.store(word)) for word in self.words))
        single = (_line(word, self.store(word)) for word in self.alone)
        return (_line("no <line>", self.remove), *single, *(_line(f"{word} <line>", self.store(word)) for word in self.section_words))

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

    def section(self, words: str) -> Handler:
        """Go into a section that begins with these words, which is made when it does not exist."""

        def run(session: Session, values: tuple[str, ...]) -> Reply:
            line = self.section_line(words, " ".join(" ".join(values).split()))
            if line is None:
                return Reply(invalid=True)
            path = self.opened(session.section, line)
            if path is None:
                return Reply(invalid=True, wrong=words.split()[0])
            self.into(session, path)
            self.edit(session, Edit(kind="enter", line=path[-1], section=path[:-1]))
            return Reply()

        return run

    def store(self, word: str) -> Handler:
        """Keep a line that begins with this word where the session is, if the device agrees."""

        def run(session: Session, values: tuple[str, ...]) -> Reply:
            line = " ".join((word, *values))
            objection = self.check(line, session.section)
            if objection is not None:
                return objection
            self._leave_section_for(session, word)
            self.edit(session, Edit(kind="set", line=self.stored(line), section=session.section))
            return Reply()

        return run

    def remove(self, session: Session, values: tuple[str, ...]) -> Reply:
        """`no ...`: remove what begins with these words."""
        line, word = values[0], values[0].split()[0]
        known = {*self.words, *self.section_words, *self.alone, *(words.split()[0] for words in self.sections)}
        if not any(each.startswith(word) for each in known):
            return Reply(invalid=True, wrong=word)
        if line in self.sections:
            return Reply(output=self.incomplete, refused=True)
        opening = next((words for words in self.sections if line.startswith(f"{words} ")), None)
        opens = self.section_line(opening, line.removeprefix(f"{opening} ")) if opening else None
        path = self.opened(session.section, opens) if opens else None
        if path is not None:
            self.into(session, path[:-1])
            self.edit(session, Edit(kind="remove", line=path[-1], section=path[:-1]))
            return Reply()
        if word not in self.alone:
            self._leave_section_for(session, word)
        self.edit(session, Edit(kind="remove", line=line, section=session.section))
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

    def _leave_section_for(self, session: Session, word: str) -> None:
        """A word that only the global mode knows ends the section, as on IOS."""
        if session.section and word not in self.section_words and word not in self.alone:
            self.go(session, "config")


def _line(text: str, run: Handler) -> Command:
    return Command(words=tuple(text.split()), run=run, configures=True)
