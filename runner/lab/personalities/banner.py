"""Banners: text of many lines, which a device reads without a prompt until its end is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from runner.lab.config_tree import Edit
from runner.lab.personality import Command, Handler, Question, Reply, Session

PROMPT = "Enter TEXT message.  End with the character '{delimiter}'.\n"


def commands(
    kinds: Iterable[str], read: Callable[[str], Handler], remove: Callable[[str], Handler], *, text: bool = True
) -> tuple[Command, ...]:
    """`banner KIND` and `no banner KIND`; `text`: the banner begins on the very line."""
    behind = ("<line>",) if text else ()
    lines = [(("banner", kind, *behind), read(kind)) for kind in kinds]
    removals = [(("no", "banner", kind), remove(f"banner {kind}")) for kind in kinds]
    return tuple(Command(words=words, run=run, configures=True) for words, run in (*lines, *removals))


def delimited(edit: Callable[[Session, Edit], None]) -> Callable[[str], Handler]:
    """`banner KIND cTEXTc`, of each kind: up to the delimiter, which is the first character, or `^C`."""
    return lambda kind: _delimited(kind, edit)


def _delimited(kind: str, edit: Callable[[Session, Edit], None]) -> Handler:
    def run(session: Session, values: tuple[str, ...]) -> Reply:
        text = values[0]
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
        return Reply(ask=Question(text=PROMPT.format(delimiter=delimiter), then=more, takes="text"))

    return run


def until_eof(kind: str) -> Handler:
    """`banner KIND` of EOS: up to a line that is `EOF`."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        lines: list[str] = []
        session.mode, session.place, session.section = "config", "", ()

        def more(session: Session, line: str) -> Reply:
            if line.strip() != "EOF":
                lines.append(line)
                return Reply(ask=Question(text="", then=more, takes="text"))
            session.node.config.set("\n".join((f"banner {kind}", *lines, "EOF")))
            return Reply()

        return Reply(ask=Question(text="Enter TEXT message. Type 'EOF' on its own line to end.\n", then=more, takes="text"))

    return run
