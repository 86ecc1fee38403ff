"""How IOS configures: its words as a dialect, what it shows of a configuration, and what it asks."""

from __future__ import annotations

import re
from typing import Literal

from runner.lab.config_tree import ConfigTree
from runner.lab.personalities import banner
from runner.lab.personalities import cisco_ios_lines as lines
from runner.lab.personalities import cisco_ios_words as words
from runner.lab.personalities.config_mode import Dialect, at_once
from runner.lab.personality import Question, Reply, Session

IOS = Dialect(
    words=words.TOP,
    section_words=words.SECTION,
    alone=words.ALONE,
    sections=lines.SECTIONS,
    section_line=lines.section_line,
    check=lines.check,
    stored=lines.hashed,
    entered="Enter configuration commands, one per line.  End with CNTL/Z.\n",
    refused="Command authorization failed.\n\n",
)
BANNERS = banner.commands(words.BANNERS, banner.delimited(at_once), IOS.remove)


def shown(config: ConfigTree, which: Literal["running", "saved"]) -> str:
    """A configuration as `show` gives it."""
    text = str(config)
    size = len(text.encode())
    if which == "saved":
        return f"Using {size} out of 262136 bytes\n{text}"
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n{text}"


def zeroize(session: Session, values: tuple[str, ...]) -> Reply:
    """`crypto key zeroize rsa`: asks, and forgets the keys."""

    def then(session: Session, answer: str) -> Reply:
        return Reply(refused=not re.fullmatch(r"\s*y(es)?\s*", answer, re.IGNORECASE))

    text = "% All RSA keys will be removed.\n% All router certs issued using these keys will also be removed.\n"
    return Reply(ask=Question(text=f"{text}Do you really want to remove these keys? [yes/no]: ", then=then))
