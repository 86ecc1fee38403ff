"""What we know about platforms beyond netmiko and ntc-templates: which commands only read, what an error line looks like.

Names are netmiko's device types; the short names of NAPALM are accepted (`ios` is `cisco_ios`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ALIASES = {
    "ios": "cisco_ios",
    "iosxr": "cisco_xr",
    "nxos": "cisco_nxos",
    "nxos_ssh": "cisco_nxos",
    "eos": "arista_eos",
    "junos": "juniper_junos",
}

_IOS_LIKE_ERRORS = (
    r"% ?Invalid (?:input|command|parameter)",
    r"% ?Incomplete command",
    r"% ?Ambiguous command",
    r"% ?Unknown command",
    r"% ?Unrecognized command",
    r"% ?Authorization failed",
    r"% ?Permission denied",
    r"% ?Access denied",
    r"Command authorization failed",
    r"% ?Bad (?:IP address|secrets|mask)",
    r"% ?Cannot ",
    r"% ?Error",
)


_FILTERS = (
    *("i", "b", "e"),  # what people type on IOS
    *("include", "exclude", "begin", "section", "count", "match", "except", "find", "last", "no-more", "display", "json", "xml", "grep"),
    *("egrep", "head", "tail", "sort", "uniq", "wc", "nz", "trim", "until", "hold"),
)


_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b-\x1f\x7f]")
_WRITERS = ("redirect", "append", "tee", "save")
_PIPE = re.compile(r"\|")


def _begins(word: str, known: str) -> bool:
    """Whether a word is a command's name or a beginning of it, of two letters and more."""
    return word == known or (len(word) >= 2 and known.startswith(word))


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The facts about one platform.

    Arguments:
        read_only: first words (or their unambiguous beginnings) of commands that never change the device.
        errors: regular expressions, each matched from the start of an output line, of the device's own error messages.
        filters: first words, or their beginnings of two letters and more, of what may stand behind a pipe. Anything else there
            (redirect, append, tee, save and their abbreviations) could write a file.
        redirections: what turns a reading command into a writing one wherever it stands in it. Some systems redirect behind a
            pipe too (`| include x > file`), so a pattern that needs such a character is refused as well.
    """

    name: str
    read_only: tuple[str, ...] = ("show", "display", "ping", "traceroute")
    errors: tuple[str, ...] = _IOS_LIKE_ERRORS
    filters: tuple[str, ...] = _FILTERS
    redirections: tuple[str, ...] = (r">", r";", r"`", r"\$\(", r"&&")

    def error_in(self, output: str) -> str:
        """The device's error line in `output`, stripped; empty when there is none."""
        pattern = re.compile(rf"^\s*(?:{'|'.join(self.errors)})", re.MULTILINE)
        output = _CONTROL.sub("", output)  # a line that a terminal would show as an error is one, whatever stands before it
        match = pattern.search(output)
        return output[match.start() :].strip().splitlines()[0].strip() if match else ""

    def why_it_writes(self, command: str) -> str:
        """Why `command` could change the device, as a clause; empty when it only reads."""
        words = command.split()
        if not words:
            return "it is empty"
        first = words[0].lower()
        if not any(_begins(first, known) for known in self.read_only):
            return f"'{words[0]}' is not a read-only command of {self.name}"
        for place, behind in enumerate(_PIPE.split(command)[1:]):
            word = (behind.split() or [""])[0].lower()
            # `up|down` is one pattern on some systems and a second pipe on others: there only what writes is refused.
            tight = place > 0 and f"|{behind}" in command and not behind[:1].isspace() and f" |{behind}" not in command
            if any(_begins(word, each) for each in _WRITERS) or not (tight or any(_begins(word, known) for known in self.filters)):
                return f"'| {word}' is not a filter of {self.name} that is known to write nothing"
        for pattern in self.redirections:
            match = re.search(pattern, command)
            if match:
                return f"'{match.group().strip()}' sends output elsewhere or starts another command"
        return ""


_TABLE = {
    platform.name: platform
    for platform in (
        Platform(name="cisco_ios"),
        Platform(name="cisco_xe"),
        Platform(name="cisco_nxos"),
        Platform(name="cisco_xr"),
        Platform(name="arista_eos"),
        Platform(name="juniper_junos", errors=(r"error: ", r"unknown command", r"syntax error", r"missing argument")),
    )
}


def platform_name(name: str | None) -> str | None:
    """Netmiko's device type for a name as it stands in an inventory."""
    return ALIASES.get(name, name) if name else None


def platform_of(name: str | None) -> Platform:
    """The facts about a platform; for one we know nothing special about, those most CLIs share."""
    resolved = platform_name(name) or "this platform"
    return _TABLE.get(resolved) or Platform(name=resolved)
