"""The action `config`: changes a device's configuration, line by line, and says what of it is in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from pydantic import BaseModel

from runner.actions.config_arguments import ConfigArguments
from runner.actions.push import Push, quoted
from runner.actions.running import difference, running
from runner.actions.saving import save, unsavable
from runner.contracts import ActionContext, ActionResult, CommandResult, Reply
from runner.errors import SessionError
from runner.platforms import Configuration, Platform
from runner.secret import Redactor, Secret, markers_in

DEFAULT_COMMENT = "by nornir-playbook"


class Config:
    """Change the configuration of the device: lines, or a template that gives them, sent one at a time.

    The task ends at the first line that the device refuses: it fails, names that line and the device's words, and the lines after
    it are not sent. On platforms where a line is in force at once the lines before it stay, and the reason says how many; on
    those with a candidate (Junos, IOS-XR) nothing is committed and everything is discarded. There, lines that are all taken are
    committed, and it counts only when the device confirms it.

    `changed` is what the device shows: the running configuration before and after, or what waits for the commit. The difference
    is kept in `diff`. Lines that change nothing leave the task `ok`.

    A template's blank lines and comments (`!`) are not sent, and indentation is taken off, but not within a banner.
    `config: LINES` is short for `config: {lines: LINES}`.

    ```yaml
    - name: Loopback
      config:
        parents: interface Loopback0
        lines:
          - "description {{ host.name }}, managed"
          - {line: shutdown, timeout: 120}
        save: changed
    - config: ["ntp server 192.0.2.1", "ntp server 192.0.2.2"]
    ```
    """

    name: ClassVar[str] = "config"
    arguments: ClassVar[type[BaseModel]] = ConfigArguments
    needs_session: ClassVar[bool] = True

    def writes(self, arguments: ConfigArguments, platform: Platform) -> str:
        """It always does."""
        return "config changes the device"

    def unsupported(self, arguments: ConfigArguments, platform: Platform) -> str:
        """Platforms whose way to be configured is not known, savings that are none, lines that would do what the action does."""
        config = platform.config
        if config is None:
            return (
                f"how {platform.name} takes its configuration, and what a refusal looks like there, is not known; "
                "describe it in plugins/platforms.yaml, or use nornir_task"
            )
        if arguments.save != "never" and not config.save:
            return f"`save: {arguments.save}`: {unsavable(platform)}"
        return next(filter(None, (_foul(line.line, config) for line in arguments.sends())), "") or _unfinished(arguments, config)

    def lines(self, arguments: ConfigArguments) -> tuple[str, ...]:
        """Parents and lines in their order."""
        return tuple(line.line for line in arguments.sends())

    def run(self, arguments: ConfigArguments, context: ActionContext) -> ActionResult:
        """Look, push, look again, save."""
        if complaint := self.unsupported(arguments, context.platform):
            return ActionResult(failed=True, reason=complaint)
        done = _pushed(arguments, context)
        if done.failed or arguments.save == "never" or (arguments.save == "changed" and not done.changed):
            return done
        reply, words = save(context.session, context.platform)
        done = replace(done, results=(replace(done.results[0], output=done.results[0].output + _told(reply)),))
        if not words:
            return replace(done, changed=True)
        what = "was changed but" if done.changed else "is as it was, and"
        return replace(done, failed=True, reason=f"the configuration {what} could not be saved: {words}")


def _pushed(arguments: ConfigArguments, context: ActionContext) -> ActionResult:
    session, config = context.session, context.platform.config or Configuration()
    push = Push(arguments.sends(), context.platform, config, arguments.comment or DEFAULT_COMMENT, arguments.timeout)
    looks = arguments.compare and not config.candidate
    before = running(session, config) if looks else None
    try:
        with session.configuring() as mode:
            push.run(mode)
    except SessionError:
        if config.candidate or not push.refused:  # else the refusal was read: what is in force is known, whatever came after it
            raise
    lost = ""
    after = None
    if before is not None:
        try:
            after = running(session, config)
        except SessionError as error:
            lost = error.message
    diff = push.pending if after is None or before is None else difference(before, after)
    changed = bool(diff) if config.candidate or after is not None else push.applied > 0
    if not push.refused and lost:
        push.refused = f"all {push.total} lines were applied, and what they changed could not be read: {lost}"
    hide = _mask(arguments, context)
    return ActionResult(
        results=(_transcript(push.replies, context, hide),),
        changed=changed,
        failed=bool(push.refused),
        reason=hide(push.refused),
        applied=push.applied,
        total=push.total,
        diff=hide(diff),
    )


def _transcript(replies: Iterable[Reply], context: ActionContext, hide: Callable[[str], str]) -> CommandResult:
    replies = [*replies]
    return CommandResult(
        output=hide("".join(map(_told, replies))),
        duration_seconds=sum(reply.duration_seconds for reply in replies),
        item=context.item,
        truncated=any(reply.truncated for reply in replies),
    )


def _told(reply: Reply) -> str:
    output = reply.output.strip("\n")
    return f"{reply.command}\n" + (f"{output}\n" if output else "")


def _mask(arguments: ConfigArguments, context: ActionContext) -> Callable[[str], str]:
    """Hides the secrets of these lines in what the device shows of them: it may show them in clear text in its configuration."""
    found = {marker for line in arguments.sends() for text in (line.line, line.answer or "") for marker in markers_in(text)}
    return Redactor(Secret(str(context.reveal(marker))) for marker in sorted(found))


def _foul(line: str, config: Configuration) -> str:
    """Why a line cannot be one of a configuration, as a sentence; empty when it can."""
    if config.is_commit(line):
        return f"the line '{quoted(line)}' would commit by itself; leave it out: config commits when all lines were taken"
    if line in (config.leave, config.enter):
        return f"the line '{line}' enters or leaves configuration mode; leave it out: config does that itself"
    return ""


def _unfinished(arguments: ConfigArguments, config: Configuration) -> str:
    try:
        config.whole_lines(line.line for line in arguments.sends())
    except ValueError as error:
        return str(error)
    return ""
