"""The programs that the lab's Linux has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from runner.lab.personalities import linux_show as show
from runner.lab.personalities.linux_bash import NOT_FOUND, Process, Program, Result, run_program
from runner.lab.personalities.linux_system import SERVICES, Denied


def _files(process: Process, names: list[str]) -> tuple[str, str]:
    """The text of files, or of the input without any, and what was wrong."""
    text, errors = "" if names else process.stdin, ""
    for name in names:
        try:
            text += process.stdin if name == "-" else process.system.read(process.path(name), root=process.is_root)
        except Denied as denied:
            errors += f"{process.words[0]}: {name}: {denied}\n"
    return text, errors


def _operands(process: Process) -> list[str]:
    return [word for word in process.words[1:] if not word.startswith("-") or word == "-"]


def _letters(process: Process) -> str:
    return "".join(word[1:] for word in process.words[1:] if re.fullmatch("-[A-Za-z]+", word))


def cat(process: Process) -> Result:
    """Files, one after the other."""
    text, errors = _files(process, _operands(process))
    return Result(out=text, err=errors, status=int(bool(errors)))


def _cut(keep: Callable[[list[str], int], list[str]]) -> Program:
    def run(process: Process) -> Result:
        count = re.search(r" -n? ?(\d+)", " ".join(process.words))
        names = [word for word in _operands(process) if count is None or word != count[1]]
        text, errors = _files(process, names)
        kept = keep(text.splitlines(keepends=True), int(count[1]) if count else 10)
        return Result(out="".join(kept), err=errors, status=int(bool(errors)))

    return run


def grep(process: Process) -> Result:
    """Lines that match; status 1 without any."""
    operands, letters = _operands(process), _letters(process)
    if not operands:
        return Result(err="Usage: grep [OPTION]... PATTERNS [FILE]...\n", status=2)
    text, errors = _files(process, operands[1:])
    try:
        pattern = re.compile(re.escape(operands[0]) if "F" in letters else operands[0], re.IGNORECASE if "i" in letters else 0)
    except re.error:
        return Result(err=f"grep: {operands[0]}: invalid pattern\n", status=2)
    found = [line for line in text.splitlines(keepends=True) if bool(pattern.search(line.rstrip("\n"))) != ("v" in letters)]
    out = "" if "q" in letters else f"{len(found)}\n" if "c" in letters else "".join(found)
    return Result(out=out, err=errors, status=2 if errors else int(not found))


def wc(process: Process) -> Result:
    """Lines, or lines, words and bytes."""
    text, errors = _files(process, _operands(process))
    lines = len(text.splitlines())
    out = f"{lines}\n" if "l" in _letters(process) else f"{lines:7d} {len(text.split()):7d} {len(text.encode()):7d}\n"
    return Result(out=out, err=errors, status=int(bool(errors)))


def echo(process: Process) -> Result:
    """Its words."""
    words = process.words[1:]
    quiet = words[:1] == ("-n",)
    return Result(out=" ".join(words[1:] if quiet else words) + ("" if quiet else "\n"))


def tee(process: Process) -> Result:
    """Its input, into files too."""
    errors, changed = "", False
    for name in _operands(process):
        try:
            written = process.system.write(process.path(name), process.stdin, append="a" in _letters(process), root=process.is_root)
            changed = changed or written
        except Denied as denied:
            errors += f"tee: {name}: {denied}\n"
    return Result(out=process.stdin, err=errors, status=int(bool(errors)), changed=changed)


def rm(process: Process) -> Result:
    """Delete files."""
    errors, changed = "", False
    for name in _operands(process):
        try:
            process.system.remove(process.path(name), root=process.is_root)
            changed = True
        except Denied as denied:
            if "f" not in _letters(process) or str(denied) != "No such file or directory":
                errors += f"rm: cannot remove '{name}': {denied}\n"
    return Result(err=errors, status=int(bool(errors)), changed=changed)


def ls(process: Process) -> Result:
    """Names in a directory."""
    name = next(iter(_operands(process)), ".")
    path = process.path(name)
    if path in process.system.files:
        return Result(out=f"{name}\n")
    if not process.system.is_folder(path):
        return Result(err=f"ls: cannot access '{name}': No such file or directory\n", status=2)
    names = process.system.names_in(path)
    apart = "\n" if "l" in _letters(process) or "1" in "".join(process.words[1:]) else "  "
    return Result(out=apart.join(names) + "\n" if names else "")


def hostname(process: Process) -> Result:
    """Its name, or a new one. Shells that run already keep the old one in their prompts, as bash does."""
    names = _operands(process)
    if not names:
        return Result(out=f"{process.system.hostname}\n")
    if not process.is_root:
        return Result(err="hostname: you must be root to change the host name\n", status=1)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", names[0]):
        return Result(err="hostname: the specified hostname is invalid\n", status=1)
    process.system.hostname = names[0]
    return Result(changed=True)


def ip(process: Process) -> Result:
    """Addresses, routes and links; a link up or down."""
    words = [word for word in process.words[1:] if not word.startswith("-")]
    thing, action = [*words, "", ""][:2]
    named = [word for word in words[2:] if word != "dev"]
    if thing and "link".startswith(thing) and action == "set" and named:
        return _set_link(process, named)
    if action and not "show".startswith(action) and action != "list":
        return Result(err=f'Command "{action}" is unknown, try "ip {thing} help".\n', status=255)
    if thing and "address".startswith(thing):
        text = show.addresses(process.system, named[0] if named else "")
        return Result(out=text) if text else Result(err=f'Device "{named[0]}" does not exist.\n', status=1)
    if thing and "route".startswith(thing):
        return Result(out=show.routes(process.system))
    if thing and "link".startswith(thing):
        return Result(out=show.links(process.system))
    return Result(err=f'Object "{thing}" is unknown, try "ip help".\n' if thing else "Usage: ip [ OPTIONS ] OBJECT\n", status=1)


def _set_link(process: Process, words: list[str]) -> Result:
    name, state = words[0], words[-1]
    if not process.is_root:
        return Result(err="RTNETLINK answers: Operation not permitted\n", status=2)
    if name not in {each.name for each in process.system.interfaces}:
        return Result(err=f'Cannot find device "{name}"\n', status=1)
    if state not in ("up", "down"):
        return Result(err=f'Error: either "dev" is duplicate, or "{state}" is a garbage.\n', status=255)
    (process.system.down.add if state == "down" else process.system.down.discard)(name)
    return Result(changed=True)


def systemctl(process: Process) -> Result:
    """Services: their state, or a restart."""
    action, *names = [*_operands(process), ""]
    name = names[0].removesuffix(".service")
    if name not in SERVICES:
        return Result(err=f"Failed to {action} {name}.service: Unit {name}.service not found.\n", status=5)
    if action == "is-active":
        return Result(out="active\n")
    if action == "status":
        return Result(out=f"● {name}.service - {name}\n     Active: active (running)\n")
    if action not in ("restart", "reload", "start", "stop", "enable", "disable"):
        return Result(err=f"Unknown command verb {action}.\n", status=1)
    if not process.is_root:
        return Result(err=f"Failed to {action} {name}.service: Access denied\n", status=4)
    process.system.restarts[name] = process.system.restarts.get(name, 0) + 1
    return Result(changed=True)


def sudo(process: Process) -> Result:
    """A program as root; the shell has asked for the password."""
    words = [word for index, word in enumerate(process.words[1:]) if index or word not in ("-n", "-E", "--")]
    if not words:
        return Result(err="usage: sudo command [arg ...]\n", status=1)
    result = run_program(replace(process, words=tuple(words), user="root"), PROGRAMS)
    return replace(result, err=result.err.replace("-bash: ", "sudo: ", 1)) if result.status == NOT_FOUND else result


def _prints(text: Callable[[Process], str]) -> Program:
    return lambda process: Result(out=text(process))


def _ends(status: int) -> Program:
    return lambda process: Result(status=status)


PROGRAMS: Mapping[str, Program] = {
    "cat": cat, "echo": echo, "grep": grep, "hostname": hostname, "ip": ip, "ls": ls, "rm": rm, "sudo": sudo, "systemctl": systemctl,
    "tee": tee, "wc": wc,
    "head": _cut(lambda lines, count: lines[:count]),
    "tail": _cut(lambda lines, count: lines[-count:]),
    "date": _prints(lambda process: show.date()),
    "df": _prints(lambda process: show.disks(human="h" in _letters(process))),
    "pwd": _prints(lambda process: f"{process.cwd}\n"),
    "uname": _prints(lambda process: show.uname(process.system, _letters(process))),
    "uptime": _prints(lambda process: show.uptime()),
    "whoami": _prints(lambda process: f"{process.user}\n"),
    "id": _prints(lambda process: "uid=0(root) gid=0(root) groups=0(root)\n" if process.is_root else f"uid=1000({process.user})\n"),
    "true": _ends(0), "false": _ends(1), ":": _ends(0), "stty": _ends(0), "export": _ends(0), "unset": _ends(0), "set": _ends(0),
}  # fmt: skip
