"""What we know about platforms beyond netmiko and ntc-templates: which commands only read, what an error line looks like.

Names are netmiko's device types; the short names of NAPALM are accepted (`ios` is `cisco_ios`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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
class Configuration:
    """How a platform takes its configuration. Commands are what a person types.

    Arguments:
        enter, leave: into configuration mode and out of it.
        prompt: regular expression of a whole prompt line in it, with `{name}` for the prompt outside without its last character;
            empty = it is one text, learned on entering.
        candidate: changes wait for a commit, and are lost without one.
        commit: makes them effective; `{comment}` is put in, its quotes escaped. `committed`: regular expression that must be in
            the answer, empty where silence is success.
        compare: shows the changes that wait. `discard`: throws them away.
        running: shows the configuration in force, outside of configuration mode; empty where there is none to show.
        volatile: regular expressions of lines in it that differ from one look to the next without any change.
        save: makes it survive a restart, outside of configuration mode; empty where there is nothing to save.
        status: a command whose whole answer is `0` when the line before it succeeded; empty where errors are told in words.
    """

    enter: str = "configure terminal"
    leave: str = "end"
    prompt: str = r"{name}\([^()\n]{{1,64}}\)#"
    candidate: bool = False
    commit: str = ""
    committed: str = ""
    compare: str = ""
    discard: str = ""
    running: str = "show running-config"
    volatile: tuple[str, ...] = (
        r"Building configuration",
        r"Current configuration",
        r"! (?:Last configuration change|NVRAM config last updated|No configuration change)",
        r"!(?:Time|Running configuration last done at)",
        r"ntp clock-period",
    )
    save: str = "write memory"
    status: str = ""


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
        config: how it takes configuration; None = as netmiko's driver does, or not at all.
    """

    name: str
    read_only: tuple[str, ...] = ("show", "display", "ping", "traceroute")
    errors: tuple[str, ...] = _IOS_LIKE_ERRORS
    filters: tuple[str, ...] = _FILTERS
    redirections: tuple[str, ...] = (r">", r";", r"`", r"\$\(", r"&&")
    config: Configuration | None = None

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


_XR = Configuration(
    candidate=True,
    commit="commit comment {comment}",
    compare="show configuration",
    discard="clear",
    save="",
)
_JUNOS = Configuration(
    enter="configure",
    leave="exit configuration-mode",
    prompt="",
    candidate=True,
    commit='commit comment "{comment}"',
    committed=r"commit complete",
    compare="show | compare",
    discard="rollback 0",
    running="show configuration | display set",
    save="",
)
_LINUX = Configuration(enter="sudo -s", leave="exit", prompt="", running="", save="", status="echo $?")

_TABLE = {
    platform.name: platform
    for platform in (
        Platform(name="cisco_ios", config=Configuration()),
        Platform(name="cisco_xe", config=Configuration()),
        Platform(name="cisco_nxos", config=Configuration(save="copy running-config startup-config")),
        Platform(name="cisco_xr", config=_XR),
        Platform(name="arista_eos", config=Configuration()),
        Platform(name="juniper_junos", errors=(r"error: ", r"unknown command", r"syntax error", r"missing argument"), config=_JUNOS),
        Platform(name="linux", config=_LINUX),
    )
}


def platform_name(name: str | None) -> str | None:
    """Netmiko's device type for a name as it stands in an inventory."""
    return ALIASES.get(name, name) if name else None


def platform_of(name: str | None) -> Platform:
    """The facts about a platform; for one we know nothing special about, those most CLIs share."""
    resolved = platform_name(name) or "this platform"
    return _TABLE.get(resolved) or Platform(name=resolved)


@dataclass(frozen=True)
class Platforms:
    """All platforms as one project knows them: the table above, and what the project adds to it or says otherwise."""

    own: Mapping[str, Platform] = field(default_factory=dict)

    def of(self, name: str | None) -> Platform:
        """The facts about a platform, as `platform_of` gives them where the project says nothing."""
        return self.own.get(platform_name(name) or "") or platform_of(name)
