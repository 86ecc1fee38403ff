"""IOS commands that do something to the session or the device rather than show it."""

from __future__ import annotations

from runner.lab.config_tree import ConfigTree
from runner.lab.personalities import cisco_ios_show as show
from runner.lab.personality import Question, Reply, Session

ATTEMPTS = 3
ANSWERED = "!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms\n"
NOT_SAVED = "startup-config file open failed (Device or resource busy)\n%Error opening nvram:/startup-config (Device or resource busy)\n"
UNANSWERED = ".....\nSuccess rate is 0 percent (0/5)\n"


def leave(session: Session, values: tuple[str, ...]) -> Reply:
    """End the session."""
    return Reply(leave=True)


def nothing(session: Session, values: tuple[str, ...]) -> Reply:
    """Accept and do nothing."""
    return Reply()


def enable(session: Session, values: tuple[str, ...]) -> Reply:
    """Become privileged, after the secret where there is one."""
    if session.mode == "exec":
        return Reply()
    if session.node.device.secret is None:
        session.mode = "exec"
        return Reply()
    session.enable_attempts = 0
    return Reply(ask=Question(text="Password: ", echo=False, then=_secret))


def _secret(session: Session, answer: str) -> Reply:
    if answer == session.node.device.secret:
        session.mode = "exec"
        return Reply()
    session.enable_attempts += 1
    if session.enable_attempts < ATTEMPTS:
        return Reply(ask=Question(text="Password: ", echo=False, then=_secret))
    return Reply(output="% Bad secrets\n\n")


def disable(session: Session, values: tuple[str, ...]) -> Reply:
    """Give the privilege up."""
    session.mode = "user"
    return Reply()


def terminal_length(session: Session, values: tuple[str, ...]) -> Reply:
    """Lines of a page; 0 never pages."""
    if not values[0].isdecimal() or int(values[0]) > 512:
        return Reply(invalid=True)
    session.length = int(values[0])
    return Reply()


def terminal_width(session: Session, values: tuple[str, ...]) -> Reply:
    """Columns of the terminal."""
    if not values[0].isdecimal() or int(values[0]) > 512:
        return Reply(invalid=True)
    session.width = int(values[0])
    return Reply()


def ping(session: Session, values: tuple[str, ...]) -> Reply:
    """Every address of the fleet answers, no other one does."""
    target = values[0].split()[0]
    router = session.node.router
    known = {str(link.peer_address) for link in router.links} | {str(link.address) for link in router.links} | {str(router.router_id)}
    reached = target in known or target.startswith("10.255.")
    head = f"Type escape sequence to abort.\nSending 5, 100-byte ICMP Echos to {target}, timeout is 2 seconds:\n"
    return Reply(output=head + (ANSWERED if reached else UNANSWERED))


def save(session: Session, values: tuple[str, ...]) -> Reply:
    """Keep the running configuration."""
    if session.node.faults.refuse_save:
        return Reply(output=NOT_SAVED, refused=True)
    session.node.saved = session.node.config.copy()
    return Reply(output="Building configuration...\n[OK]\n")


def copy_running(session: Session, values: tuple[str, ...]) -> Reply:
    """Keep the running configuration, after asking for the name of the file."""
    return Reply(ask=Question(text="Destination filename [startup-config]? ", then=lambda session, _: save(session, ())))


def confirmed(answer: str) -> bool:
    """Whether the key after `[confirm]` means yes."""
    return answer.lower() in ("", "y")


def reload(session: Session, values: tuple[str, ...]) -> Reply:
    """Only pretends: the session ends, the router stays as it is."""
    return Reply(ask=Question(text="Proceed with reload? [confirm]", takes="key", then=lambda _, key: Reply(leave=confirmed(key))))


def clear_counters(session: Session, values: tuple[str, ...]) -> Reply:
    """Asks; there is nothing to clear."""
    text = 'Clear "show interface" counters on all interfaces [confirm]'
    return Reply(ask=Question(text=text, takes="key", then=lambda session, key: Reply()))


def erase(session: Session, values: tuple[str, ...]) -> Reply:
    """Forget the saved configuration, after asking."""

    def then(session: Session, key: str) -> Reply:
        if not confirmed(key):
            return Reply(refused=True)
        session.node.saved = ConfigTree("")
        return Reply(output="[OK]\nErase of nvram: complete\n")

    text = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
    return Reply(ask=Question(text=text, takes="key", then=then))


def interface(session: Session, values: tuple[str, ...]) -> Reply:
    """One interface by its name or a short form of it."""
    text = show.interface(session.node, values[0])
    return Reply(invalid=True) if text is None else Reply(output=text)


def interfaces_description(session: Session, values: tuple[str, ...]) -> Reply:
    """Descriptions of all interfaces."""
    return Reply(output=show.interfaces_description(session.node))
