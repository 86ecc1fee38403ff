"""Makes a device's configuration survive a restart, and believes it only when the answer says so and nothing in it speaks against."""

from __future__ import annotations

import re

from runner.actions.push import unconfirmed
from runner.contracts import Reply, Session
from runner.platforms import Platform

_QUESTIONS = r"\[startup-config\]\?"
"""What devices ask about saving to the usual place; Enter says yes. Anything else they ask, such as whether what another system
version saved may be overwritten, is unexpected and not answered."""

_FAILURE = re.compile(
    r"^.*(?:\bfail(?:ed|ure)?\b|\babort|\bnot enough\b|\bread-only\b|\bdevice or resource busy\b|^\s*%).*$", re.IGNORECASE | re.MULTILINE
)


def unsavable(platform: Platform) -> str:
    """Why there is nothing to save on this platform, as a sentence; empty when there is."""
    if platform.config is None:
        return f"how {platform.name} saves its configuration is not known; describe it in plugins/platforms.yaml, or use nornir_task"
    if platform.config.save:
        return ""
    if platform.config.candidate:
        return f"{platform.name} has nothing to save: a commit is there to stay; leave it out"
    return f"{platform.name} has no configuration to save; leave it out"


def save(session: Session, platform: Platform, timeout: float | None = None) -> tuple[Reply, str]:
    """Save it. Returns the device's answer, and its words when it failed, empty when it is saved.

    SessionError and Stopped pass through.
    """
    if platform.config is None or not platform.config.save:
        raise ValueError(unsavable(platform))
    reply = session.send(platform.config.save, timeout=timeout, prompt=_QUESTIONS, answer="")
    failure = _FAILURE.search(reply.output)
    words = reply.error or platform.error_in(reply.output) or (failure[0].strip() if failure else "")
    if not words and not re.search(platform.config.saved, reply.output):
        words = unconfirmed(reply.output)
    return reply, words
