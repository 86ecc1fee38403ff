"""What people write out of habit from Ansible, and what to write here instead."""

from __future__ import annotations

PLAY: dict[str, str] = {
    "gather_facts": "not needed here, remove it",
    "connection": "not needed here: the platform of each host decides, remove it",
    "become": "not needed here: give an enable secret in the inventory, remove it",
    "become_method": "not needed here: give an enable secret in the inventory, remove it",
    "become_user": "not needed here: give an enable secret in the inventory, remove it",
    "remote_user": "give the username in the inventory, remove it here",
    "port": "give the port in the inventory, remove it here",
    "forks": "batch_size is the number of sessions here, use that",
    "collections": "not needed here, remove it",
    "roles": "roles do not exist here; write the tasks into the play",
    "pre_tasks": "put them first in tasks",
    "post_tasks": "put them last in tasks",
    "serials": "write batch_size",
    "environment": "devices have none, remove it",
    "import_playbook": "give several playbooks' plays in one file",
}
"""Keys of a play: what to do instead."""

TASK: dict[str, str] = {
    "with_items": "write loop",
    "with_list": "write loop",
    "with_dict": 'write loop: "{{ NAME | dictsort }}"',
    "with_sequence": 'write loop: "{{ range(1, 10) | list }}"',
    "action": "write the action's name as the key itself",
    "local_action": "write the action's name as the key itself",
    "args": "write the arguments below the action's name",
    "connection": "not needed here, remove it",
    "become": "not needed here, remove it",
    "become_user": "not needed here, remove it",
    "environment": "devices have none, remove it",
    "vars_prompt": "give the value with -e on the command line",
    "listen": "not available in this version",
    "module_defaults": "not available in this version",
    "raw": "use commands",
    "command": "use commands",
    "shell": "use commands",
    "cli_command": "use commands",
    "copy": "use the result handler save in on_result",
    "fail": "use assert",
    "include_tasks": "not available in this version: write the tasks into the play",
    "import_tasks": "not available in this version: write the tasks into the play",
    "include_role": "not available in this version: write the tasks into the play",
    "import_role": "not available in this version: write the tasks into the play",
    "include_vars": "write vars_files in the play",
}
"""Keys of a task: what to do instead."""

NAMES: dict[str, str] = {
    "lookup": "lookups do not exist here; use vars_files, or -e on the command line",
    "query": "lookups do not exist here; use vars_files, or -e on the command line",
    "hostvars": "variables of other hosts cannot be seen here",
    "ansible_facts": "there are no facts here; register a command's result and parse it",
    "ansible_host": "write host.hostname",
    "ansible_network_os": "write host.platform",
    "omit": "leave the argument out, or give it a default",
}
"""Variables that people know from Ansible: what to do instead."""

_LATER = (
    "block rescue always changed_when check_mode delay delegate_to diff failed_when force_handlers handlers meta notify"
    " parallel_batches retries run_once strategy throttle timeout until rolling wait_for"
)
LATER: frozenset[str] = frozenset(_LATER.split())
"""Keywords with Ansible's or our own meaning that this version does not have."""


def advice(key: str, table: dict[str, str]) -> str:
    """What to do about a key that people know from Ansible; empty for one that is not known from there."""
    if key in table:
        return table[key]
    if key in LATER:
        return "this version does not have that keyword, remove it"
    module = key.rpartition(".")[2]
    if table is not TASK:
        return ""
    if module.endswith("_command"):
        return "use commands"
    if module.endswith("_facts"):
        return "use commands with the result handler parse"
    if module.endswith("_config"):
        return "use config"
    if module.endswith(("_interfaces", "_vlans")):
        return "use config with the lines that the device takes"
    return advice(module, table) if module != key else ""
