"""A very small bash: words, quotes, variables, pipes, redirections, and the exit status of what was run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runner.lab.personalities.linux_system import Denied, LinuxSystem

NOT_FOUND = 127
WORD = re.compile(r"""2>&1|2>>?|&>|&&|\|\||>>|[;&|<>]|(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;&|<>'"\\])+""")
PIECE = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^'"\\]+""")
VARIABLE = re.compile(r"\$(\?|\w+|\{\w+\})")
OPERATORS = frozenset({"&&", "||", ";", "&"})
ARROWS = frozenset({">", ">>", "<", "2>", "2>>", "&>"})


class BadSyntax(Exception):
    """A line that bash would not run, in its words."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a program wrote, how it ended, and whether it changed the machine."""

    out: str = ""
    err: str = ""
    status: int = 0
    changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Process:
    """What a program sees: the machine, its words (its name first), its input, who runs it and where."""

    system: LinuxSystem
    words: tuple[str, ...]
    stdin: str = ""
    user: str = "root"
    cwd: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        """Whether nothing is forbidden."""
        return self.user == "root"

    def path(self, text: str) -> str:
        """A path from the root on."""
        return posixpath.normpath(posixpath.join(self.cwd, text))


Program = Callable[[Process], Result]


def words_of(line: str) -> list[str]:
    """The words and operators of a line, quotes kept. Raises BadSyntax."""
    words, end = list[str](), 0
    for match in WORD.finditer(line):
        if line[end : match.start()].strip():
            break
        end = match.end()
        if match.group().startswith("#"):
            return words
        words.append(match.group())
    if rest := line[end:].strip():
        raise BadSyntax(f"-bash: unexpected EOF while looking for matching `{rest[0]}'")
    return words


def run(line: str, shell: Callable[[], Process], status: int, programs: Mapping[str, Program]) -> Result:
    """Run a line; `shell` tells who types it and where (`cd` may change that), `status` how the line before ended. Raises BadSyntax."""
    done = Result(status=status)
    for operator, words in _commands(words_of(line)):
        if (operator == "&&" and done.status != 0) or (operator == "||" and done.status == 0):
            continue
        now = _pipeline(words, shell(), done.status, programs)
        done = Result(out=done.out + now.err + now.out, status=now.status, changed=done.changed or now.changed)
    return done


def _commands(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    operator, current = ";", list[str]()
    for word in [*words, ";"]:
        if word not in OPERATORS:
            current.append(word)
            continue
        if current:
            yield operator, current
        elif word != ";":
            raise BadSyntax(f"-bash: syntax error near unexpected token `{word}'")
        operator, current = word, []


def _pipeline(words: Sequence[str], shell: Process, status: int, programs: Mapping[str, Program]) -> Result:
    parts: list[list[str]] = [[]]
    for word in words:
        parts.append([]) if word == "|" else parts[-1].append(word)
    if not all(parts):
        raise BadSyntax("-bash: syntax error near unexpected token `|'")
    result, errors, changed = Result(), "", False
    for part in parts:
        result = _simple(part, replace(shell, stdin=result.out), status, programs)
        errors, changed = errors + result.err, changed or result.changed
    return replace(result, err=errors, changed=changed)


def _simple(words: Sequence[str], shell: Process, status: int, programs: Mapping[str, Program]) -> Result:
    """One program with its redirections."""
    plain: list[str] = []
    arrows: list[tuple[str, str]] = []
    rest, merged = list(words), False
    while rest:
        word = rest.pop(0)
        if word == "2>&1":
            merged = True
        elif word in ARROWS:
            if not rest:
                raise BadSyntax("-bash: syntax error near unexpected token `newline'")
            arrows.append((word, _expanded(rest.pop(0), shell, status)))
        else:
            plain.append(_expanded(word, shell, status))
    process = replace(shell, words=tuple(plain))
    for arrow, target in arrows:  # opened, and emptied, before anything runs: a shell that may not do so runs nothing
        try:
            if arrow == "<":
                process = replace(process, stdin=shell.system.read(shell.path(target), root=shell.is_root))
            else:
                shell.system.write(shell.path(target), "", append=arrow.endswith(">>"), root=shell.is_root)
        except Denied as denied:
            return Result(err=f"-bash: {target}: {denied}\n", status=1)
    result = run_program(process, programs) if plain else Result()
    if merged:
        result = replace(result, out=result.err + result.out, err="")
    return _redirected(result, shell, arrows)


def _redirected(result: Result, shell: Process, arrows: Sequence[tuple[str, str]]) -> Result:
    for arrow, target in arrows:
        if arrow == "<":
            continue
        text = result.err if arrow.startswith("2") else result.err + result.out if arrow == "&>" else result.out
        changed = shell.system.write(shell.path(target), text, append=True, root=shell.is_root)
        out = result.out if arrow.startswith("2") else ""
        err = "" if arrow.startswith("2") or arrow == "&>" else result.err
        result = replace(result, out=out, err=err, changed=result.changed or changed)
    return result


def run_program(process: Process, programs: Mapping[str, Program]) -> Result:
    """Run the program that the first word names."""
    name = posixpath.basename(process.words[0])
    program = programs.get(name)
    if program is None:
        missing = "No such file or directory" if "/" in process.words[0] else "command not found"
        return Result(err=f"-bash: {process.words[0]}: {missing}\n", status=NOT_FOUND)
    return program(process)


def _expanded(word: str, shell: Process, status: int) -> str:
    known = {"?": str(status), "USER": shell.user, **shell.environment}

    def variables(text: str) -> str:
        return VARIABLE.sub(lambda match: known.get(match[1].strip("{}"), ""), text)

    home = shell.environment.get("HOME", "/")
    word = home + word[1:] if word == "~" or word.startswith("~/") else word
    text = ""
    for piece in PIECE.findall(word):
        if piece[0] == "'":
            text += piece[1:-1]
        elif piece[0] == '"':
            text += re.sub(r'\\([\\"$`])', r"\1", variables(piece[1:-1]))
        else:
            text += piece[1:] if piece[0] == "\\" else variables(piece)
    return text
