"""What platforms say and understand, as plain tuples: their error messages, reading commands, and filters behind a pipe."""

from __future__ import annotations

IOS_LIKE_ERRORS = (
    r"% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Unavailable|Bad|Duplicate)\b",
    r"% ?(?:Cannot|Can't|Could not|Unable to|Failed to|Failure)\b",
    r"% ?(?:Internal )?[Ee]rror\b",
    r"% ?(?:Authorization (?:failed|denied)|Permission denied|Access denied|This command is not authorized)",
    r"% ?\S+ overlaps with ",
    r"% ?[^\n]{1,80} (?:is )?not (?:supported|allowed|permitted)",
    r"% ?(?:Specify|Please|Not a valid|No such) ",
    r"%(?! ?(?:Warning|Note|Info))[^\n]{1,80} (?:must |is already (?:running|in use|assigned|configured)|does not exist(?!\. Creating))",
    r"Command (?:authorization failed|rejected)",
)
EOS_ERRORS = (*IOS_LIKE_ERRORS, r"% ?Address already used", r"% ?[^\n]{1,80} rejected")
XR_ERRORS = (*IOS_LIKE_ERRORS, r"!!% ", r"% ?The (?:requested|specified) ")
NXOS_ERRORS = (
    *IOS_LIKE_ERRORS,
    r"(?:ERROR|Error): ",
    r"Syntax error while parsing ",
    r"Invalid (?:interface|range|number|command|value|parameter)",
    r"Cannot run commands in the mode at this time",
    r"Configuration update aborted",
)
JUNOS_ERRORS = (
    r"error: ",
    r"unknown command",
    r"syntax error",
    r"missing (?:argument|mandatory)",
    r"invalid (?:\S+ )*(?:value|type|name|format|ip address|prefix|input|number)\b",
    r"'[^'\n]*' is ambiguous",
    r"(?:permission|access) denied",
    r"(?:error: )?(?:commit|configuration check-out) failed",
)
LINUX_ERRORS = (
    r"(?:/\S*/)?-?(?:ba|da|z|k|a)?sh: [^\n]*",
    r"sudo: [^\n]*(?:not found|incorrect|required|not allowed|unable)",
    r"[^\n]{1,40} is not in the sudoers file",
    r"[\w.+/-]+: [^\n]*(?:No such file or directory|Permission denied|Operation not permitted|Read-only file system|command not found)\s*$",
)


LOG_LINES = (
    r".{0,100}%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+){0,2}-[0-7]-[A-Z][A-Z0-9_]* ?: .*",
    r"(?:Message from syslogd@|Broadcast [Mm]essage from ).*",
)
FILTERS = (
    *("i", "b", "e"),  # what people type on IOS
    *("include", "exclude", "begin", "section", "count", "match", "except", "find", "last", "no-more", "display", "json", "xml", "grep"),
    *("egrep", "head", "tail", "sort", "uniq", "wc", "nz", "trim", "until", "hold"),
)
LINUX_FILTERS = ("grep", "egrep", "fgrep", "head", "tail", "wc", "cat", "nl", "cut", "tr", "column")
LINUX_READS = (
    *("cat", "ls", "uname", "uptime", "df", "who", "w", "whoami", "id", "ps", "free", "head", "tail", "grep", "egrep", "wc", "pwd", "stat"),
    *("lsblk", "lscpu", "lsmod", "nproc", "arch", "ping", "traceroute", "du", "getent", "groups", "last", "printenv", "vmstat"),
)
LINUX_ONLY_SO = (
    r"hostname(?: -[AfdisIy]| --(?:fqdn|short|domain|long|all-fqdns|ip-address|all-ip-addresses))*",
    r"date(?: -u| --utc| \+\S+)*",
    r"ip(?: -(?:4|6|br|brief|s|stats|d|details|j|json|o|oneline|p|pretty))* (?:a|addr|address|l|link|r|ro|route|n|neigh|rule|maddr)"
    r"(?: (?:(?<! link )(?<! l )s|sh|show|list|ls|get)(?: \S+)*)?",  # `ip link s` is `set`
    r"systemctl (?:status|show|cat|is-active|is-enabled|is-failed|list-\S+)(?: \S+)*",
    r"ss(?: -[a-zA-JL-Z0-9]+)*",
    r"sysctl(?: -n)? (?:-a|[\w.]+)",
)
