"""IOS configuration: the modes in which lines are stored or removed, and what a router thinks of a line."""

from __future__ import annotations

import re
from typing import Literal

from runner.lab.config_tree import ConfigTree
from runner.lab.personalities.cisco_ios_lines import SECTION_WORDS, SECTIONS, check, full_name, hashed, is_interface
from runner.lab.personality import Handler, Question, Reply, Session

NO_CONFIG = "Command authorization failed.\n\n"
BANNER = "Enter TEXT message.  End with the character '{delimiter}'.\n"


def shown(config: ConfigTree, which: Literal["running", "saved"]) -> str:
    """A configuration as `show` gives it."""
    text = str(config)
    size = len(text.encode())
    if which == "saved":
        return f"Using {size} out of 262136 bytes\n{text}"
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n{text}"


def enter(session: Session, values: tuple[str, ...]) -> Reply:
    """Go into configuration mode."""
    if session.node.faults.no_config:
        return Reply(output=NO_CONFIG, refused=True)
    _go(session, "config")
    return Reply(output="Enter configuration commands, one per line.  End with CNTL/Z.\n")


def end(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave configuration mode."""
    _go(session, "exec")
    return Reply()


def up(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave the section, or configuration mode when in none."""
    _go(session, "config" if session.section else "exec")
    return Reply()


def section(words: str) -> Handler:
    """Go into a section that begins with these words, which is made when it does not exist."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        name = " ".join(" ".join(values).split())
        if words == "interface":
            name = full_name(name)
            if not is_interface(name):
                return Reply(invalid=True)
        line = f"{words} {name}".strip()
        _go(session, "section", SECTIONS[words], line)
        session.node.config.enter(line)
        return Reply()

    return run


def store(word: str) -> Handler:
    """Keep a line that begins with this word where the session is, if the router agrees."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        line = " ".join((word, *values))
        objection = check(line, session.section)
        if objection is not None:
            return objection
        _leave_section_for(session, word)
        session.node.config.set(hashed(line), session.section)
        return Reply()

    return run


def remove(session: Session, values: tuple[str, ...]) -> Reply:
    """`no ...`: remove what begins with these words."""
    line = values[0]
    _leave_section_for(session, line.split()[0])
    session.node.config.remove(line, session.section)
    return Reply()


def banner(session: Session, values: tuple[str, ...]) -> Reply:
    """`banner KIND cTEXTc`: the text may go over many lines, which are read until the delimiter comes again."""
    kind, text = values
    delimiter = "^C" if text.upper().startswith("^C") else text[0]
    first = text[len(delimiter) :]
    _go(session, "config")
    if delimiter in first:
        return _keep_banner(session, kind, [first.partition(delimiter)[0]])
    lines = [first] if first else []

    def more(session: Session, line: str) -> Reply:
        rest, ended, _ = line.partition(delimiter)
        if ended:
            return _keep_banner(session, kind, [*lines, rest] if rest else lines)
        lines.append(line)
        return Reply(ask=Question(text="", then=more, takes="text"))

    return Reply(ask=Question(text=BANNER.format(delimiter=delimiter), then=more, takes="text"))


def _keep_banner(session: Session, kind: str, lines: list[str]) -> Reply:
    session.node.config.set("\n".join((f"banner {kind} ^C", *lines, "^C")))
    return Reply()


def zeroize(session: Session, values: tuple[str, ...]) -> Reply:
    """`crypto key zeroize rsa`: asks, and forgets the keys."""

    def then(session: Session, answer: str) -> Reply:
        return Reply(refused=not re.fullmatch(r"\s*y(es)?\s*", answer, re.IGNORECASE))

    text = "% All RSA keys will be removed.\n% All router certs issued using these keys will also be removed.\n"
    return Reply(ask=Question(text=f"{text}Do you really want to remove these keys? [yes/no]: ", then=then))


def _leave_section_for(session: Session, word: str) -> None:
    """A word that only the global mode knows ends the section, as on IOS."""
    if session.section and word not in SECTION_WORDS and word != "shutdown":
        _go(session, "config")


def _go(session: Session, mode: str, place: str = "", *section: str) -> None:
    session.mode, session.place, session.section = mode, place, section
