"""Where a project begins and where its settings and the user's own stand."""

from __future__ import annotations

from pathlib import Path

PROJECT_FILE = "nornir-playbook.toml"
_MARKS = (PROJECT_FILE, ".git")


def project_root(start: Path) -> Path:
    """The project of a playbook or folder: its nearest parent with `nornir-playbook.toml` or `.git`, else its own folder."""
    start = start.absolute()
    folder = start if start.is_dir() else start.parent
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in _MARKS):
            return candidate
    return folder


def user_config_file() -> Path:
    """The user's own settings: `$XDG_CONFIG_HOME/nornir-playbook/config.toml` or the platform's place for it."""
    from platformdirs import user_config_path  # only a run that reads settings pays for it

    return user_config_path("nornir-playbook") / "config.toml"


def default_store() -> Path:
    """Where jobs are recorded when no setting says: `$XDG_STATE_HOME/nornir-playbook/jobs.db` or the platform's place for it."""
    from platformdirs import user_state_path

    return user_state_path("nornir-playbook") / "jobs.db"
