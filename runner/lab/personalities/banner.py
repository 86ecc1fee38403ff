"""Banners: text of many lines, which a device reads without a prompt until its end is typed."""

from __future__ import annotations

from collections.abc import Callable

from runner.lab.config_tree import Edit
from runner.lab.personality import Handler, Question, Reply, Session


def delimited(edit: Callable[[Session, Edit], None], prompt: str) -> Handler:
    """`banner KIND cTEXTc`: up to the delimiter, which is the first character, or `^C`.

    `prompt`: what is said before the lines, `{delimiter}` filled in.
    """

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        kind, text = values
        delimiter = "^C" if text.upper().startswith("^C") else text[0]
        first = text[len(delimiter) :]
        session.mode, session.place, session.section = "config", "", ()
        lines = [first] if first else []

        def keep(lines: list[str]) -> Reply:
            edit(session, Edit(kind="set", line="\n".join((f"banner {kind} ^C", *lines, "^C"))))
            return Reply()

        def more(session: Session, line: str) -> Reply:
            rest, ended, _ = line.partition(delimiter)
            if ended:
                return keep([*lines, rest] if rest else lines)
            lines.append(line)
            return Reply(ask=Question(text="", then=more, takes="text"))

        if delimiter in first:
            return keep([first.partition(delimiter)[0]])
        return Reply(ask=Question(text=prompt.format(delimiter=delimiter), then=more, takes="text"))

    return run


def until_eof(session: Session, values: tuple[str, ...]) -> Reply:
    """`banner KIND` of EOS: up to a line that is `EOF`."""
    lines: list[str] = []
    session.mode, session.place, session.section = "config", "", ()

    def more(session: Session, line: str) -> Reply:
        if line.strip() != "EOF":
            lines.append(line)
            return Reply(ask=Question(text="", then=more, takes="text"))
        session.node.config.set("\n".join((f"banner {values[0]}", *lines, "EOF")))
        return Reply()

    return Reply(ask=Question(text="Enter TEXT message. Type 'EOF' on its own line to end.\n", then=more, takes="text"))
