"""What we know about platforms beyond netmiko and ntc-templates: which commands only read, what an error line looks like.

Names are netmiko's device types; the short names of NAPALM are accepted (`ios` is `cisco_ios`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from runner import platform_words as words

ALIASES = {
    "ios": "cisco_ios",
    "iosxr": "cisco_xr",
    "nxos": "cisco_nxos",
    "nxos_ssh": "cisco_nxos",
    "eos": "arista_eos",
    "junos": "juniper_junos",
}

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\x00-\x08\x0b-\x1f\x7f]")
_WRITERS = ("redirect", "append", "tee", "save", "file")


def _begins(word: str, known: str) -> bool:
    """Whether a word is a command's name or a beginning of it, of two letters and more."""
    return word == known or (len(word) >= 2 and known.startswith(word))


@dataclass(frozen=True, kw_only=True)
class LongText:
    """A text of several lines within a configuration, such as a banner.

    Arguments:
        begins: regular expression of the line it begins with; the group `end`, where it has one, is what ends it.
        end: what ends it where the beginning does not say.
        asked: regular expression in the device's answer to that line; without it the following lines would be commands.
    """

    begins: str = r"\s*banner \S+ +(?P<end>\^C|\S)"
    end: str = ""
    asked: str = r"Enter TEXT message"

    def end_of(self, line: str) -> str | None:
        """What ends the text that this line begins; None when it begins none, or has all of it."""
        match = re.match(self.begins, line)
        if match is None:
            return None
        end = match.groupdict().get("end") or self.end
        return end if end not in line[match.end() :] else None

    def ends(self, line: str, end: str) -> bool:
        """Whether this is the last line of the text."""
        return line.strip() == end if end == self.end else end in line


def _up_to(end: str, text: LongText, lines: Iterator[str]) -> Iterator[str]:
    """The lines up to the one that ends the text; all of them when none does."""
    for line in lines:
        yield line
        if text.ends(line, end):
            return


BANNERS = (LongText(), LongText(begins=r"\s*banner \S+\s*$", end="EOF"))
"""The texts that platforms have: between two characters of the writer's choice, as on IOS; up to a line of its own, as on EOS."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How a platform takes its configuration. Commands are what a person types.

    Arguments:
        enter, leave: into configuration mode and out of it.
        prompt: regular expression of a whole prompt line in it, with `{name}` for the prompt outside without its last character;
            empty = it is one text, learned on entering.
        already: regular expression of a prompt outside which is as good as one inside: there is nothing to enter or to leave.
        candidate: changes wait for a commit, and are lost without one.
        commit: makes them effective; `{comment}` is put in, its quotes escaped. `committed`: regular expression that must be in
            the answer, empty where silence is success.
        compare: shows the changes that wait. `discard`: throws them away; `discarded`: as `committed`.
        uncommitted: regular expression of what the device asks when it is left with changes that wait; `no` never keeps them.
        running: shows the configuration in force, outside of configuration mode; empty where there is none to show.
        volatile: regular expressions of lines in it that differ from one look to the next without any change.
        save: makes it survive a restart, outside of configuration mode; empty where there is nothing to save. `saved`: as `committed`.
        status: a command whose whole answer is `0` when the line before it succeeded; empty where errors are told in words.
        text: how a line begins that goes on in the following ones; None where there are none.
    """

    enter: str = "configure terminal"
    leave: str = "end"
    prompt: str = r"{name}\([^()\n]{{1,64}}\)#"
    already: str = ""
    candidate: bool = False
    commit: str = ""
    committed: str = ""
    compare: str = ""
    discard: str = ""
    discarded: str = ""
    uncommitted: str = ""
    running: str = "show running-config"
    volatile: tuple[str, ...] = (
        r"Building configuration",
        r"Current configuration",
        r"! (?:Last configuration change|NVRAM config last updated|No configuration change)",
        r"!(?:Time|Running configuration last done at)",
        r"ntp clock-period",
    )
    save: str = "write memory"
    saved: str = ""
    status: str = ""
    text: LongText | None = LongText()

    def whole_lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """The lines as they are sent: one by one, but the lines of a banner together, as one text with newlines.

        Raises ValueError: a text that does not end; the device would take what is sent next for a part of it.
        """
        whole: list[str] = []
        waiting = iter(lines)
        for line in waiting:
            end = self.text.end_of(line) if self.text else None
            if self.text and end:
                parts = [line, *_up_to(end, self.text, waiting)]
                line = "\n".join(parts)
                if len(parts) == 1 or not self.text.ends(parts[-1], end):
                    raise ValueError(f"the text that begins with '{parts[0].strip()}' has no end: a line with '{end}' is missing")
            whole.append(line)
        return tuple(whole)

    def is_commit(self, line: str) -> bool:
        """Whether a line makes the candidate effective, or tries to; devices take beginnings of the word and capitals as well."""
        word, *_ = re.split(r"[^\w-]", line.strip().lower(), maxsplit=1)
        return self.candidate and any(_begins(word, commit.lower()) for commit in self.commit.split()[:1])


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The facts about one platform.

    Arguments:
        read_only: first words (or their unambiguous beginnings) of commands that never change the device.
        abbreviates: a command may be shortened as long as it is unambiguous.
        only_so: regular expressions of whole commands that only read though their first word alone does not say so; what stands
            behind a pipe is left out.
        errors: regular expressions, each matched from the start of an output line, of the device's own error messages.
        filters: first words, or their beginnings of two letters and more, of what may stand behind a pipe. Anything else there
            (redirect, append, tee, save and their abbreviations) could write a file.
        redirections: what turns a reading command into a writing one wherever it stands in it. Some systems redirect behind a
            pipe too (`| include x > file`), so a pattern that needs such a character is refused as well.
        noise: regular expressions of whole lines that come by themselves at any time, such as those of the system's log.
        config: how it takes configuration; None = as netmiko's driver does, or not at all.
    """

    name: str
    read_only: tuple[str, ...] = ("show", "display", "ping", "traceroute")
    abbreviates: bool = True
    only_so: tuple[str, ...] = ()
    errors: tuple[str, ...] = words.IOS_LIKE_ERRORS
    filters: tuple[str, ...] = words.FILTERS
    redirections: tuple[str, ...] = (r">", r";", r"`", r"\$\(", r"&&")
    noise: tuple[str, ...] = words.LOG_LINES
    config: Configuration | None = None

    def error_in(self, output: str) -> str:
        """The device's error line in `output`, stripped; empty when there is none."""
        pattern = re.compile(rf"^\s*(?:{'|'.join(self.errors)})", re.MULTILINE)
        output = _CONTROL.sub("", output)  # a line that a terminal would show as an error is one, whatever stands before it
        match = pattern.search(output)
        return output[match.start() :].strip().splitlines()[0].strip() if match else ""

    def _is(self, word: str, known: str) -> bool:
        return _begins(word, known) if self.abbreviates else word == known

    def is_noise(self, line: str) -> bool:
        """Whether a line came by itself and belongs to no answer."""
        return any(re.fullmatch(pattern, line.strip()) for pattern in self.noise)

    def why_it_writes(self, command: str) -> str:
        """Why `command` could change the device, as a clause; empty when it only reads."""
        typed = command.split()
        if not typed:
            return "it is empty"
        first = typed[0].lower()
        before = command.partition("|")[0].strip()
        known_word = first in self.read_only or any(self._is(first, known) for known in self.read_only)
        if not known_word and not any(re.fullmatch(so, before) for so in self.only_so):
            return f"'{typed[0]}' is not a read-only command of {self.name}"
        for place, (left, behind) in enumerate(pairwise(command.split("|")) if "|" in command else ()):
            word = (behind.split() or [""])[0].lower()
            # `up|down` is one pattern on some systems and a second pipe on others: there only what writes is refused. In a shell, where
            # nothing is abbreviated, it is always a pipe, and behind a filter that was given no pattern too.
            joined = not left[-1:].isspace() and not behind[:1].isspace()
            tight = place > 0 and self.abbreviates and joined and len(left.split()) > 1
            if any(_begins(word, each) for each in _WRITERS) or not (tight or any(self._is(word, known) for known in self.filters)):
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
    uncommitted=r"Uncommitted changes found",
    save="",
)
_JUNOS = Configuration(
    enter="configure exclusive",  # nobody else's changes are committed with ours, and a session that is lost takes its own with it
    leave="exit configuration-mode",
    prompt="{name}#",
    candidate=True,
    commit='commit comment "{comment}"',
    committed=r"commit complete",
    compare="top show | compare",  # a line may lead anywhere, and without `top` only what is below is compared
    discard="rollback 0",
    discarded=r"load complete",
    uncommitted=r"uncommitted changes",
    running="show configuration | display set",
    volatile=(r"## Last (?:commit|changed)",),
    save="",
    text=None,
)
_IOS = Configuration(saved=r"\[OK\]")
_EOS = Configuration(saved="Copy completed successfully", text=BANNERS[1])
_NXOS = Configuration(save="copy running-config startup-config", saved=r"100%|Copy complete")
_LINUX = Configuration(
    enter="sudo -s", leave="exit", prompt="", already=r"[^\n]*#", running="", volatile=(), save="", status="echo $?", text=None
)

_TABLE = {
    platform.name: platform
    for platform in (
        Platform(name="cisco_ios", config=_IOS),
        Platform(name="cisco_xe", config=_IOS),
        Platform(name="cisco_nxos", config=_NXOS, errors=words.NXOS_ERRORS),
        Platform(name="cisco_xr", config=_XR, errors=words.XR_ERRORS),
        Platform(name="arista_eos", config=_EOS, errors=words.EOS_ERRORS),
        Platform(
            name="juniper_junos",
            config=_JUNOS,
            errors=words.JUNOS_ERRORS,
            only_so=(r"file (?:show|list)(?: \S+)*",),
            filters=(*words.FILTERS, "compare", "resolve"),
        ),
        Platform(
            name="linux",
            config=_LINUX,
            errors=words.LINUX_ERRORS,
            read_only=words.LINUX_READS,
            abbreviates=False,
            only_so=words.LINUX_ONLY_SO,
            filters=words.LINUX_FILTERS,
            redirections=(r">", r"<\(", r";", r"`", r"\$\(", r"&"),
        ),
    )
}


def platform_name(name: str | None) -> str | None:
    """Netmiko's device type for a name as it stands in an inventory."""
    return ALIASES.get(name, name) if name else None


def known_platforms() -> tuple[str, ...]:
    """The names in the table, sorted."""
    return tuple(sorted(_TABLE))


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
