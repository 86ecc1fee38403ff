"""Which kind of file system a path lies on: on one that comes over the network SQLite's locks and shared memory do not hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

KindOf = Callable[[Path], str]
"""Gives the type of the file system of a path that exists, as in /proc/mounts; empty where it is not known."""

REMOTE = {
    **dict.fromkeys(("nfs", "nfs3", "nfs4"), "NFS"),
    **dict.fromkeys(("cifs", "smb", "smb2", "smb3", "smbfs"), "SMB"),
    "afs": "AFS",
    "ncpfs": "NCP",
    "drvfs": "a drive of Windows",
    "vboxsf": "a shared folder of VirtualBox",
    "ceph": "Ceph",
    "fuse.ceph": "Ceph",
    "fuse.ceph-fuse": "Ceph",
    "glusterfs": "GlusterFS",
    "fuse.glusterfs": "GlusterFS",
    "lustre": "Lustre",
    "gpfs": "GPFS",
    "beegfs": "BeeGFS",
    "fuse.sshfs": "sshfs",
    "fuse.rclone": "rclone",
    "fuse.s3fs": "s3fs",
    "davfs": "WebDAV",
    "fuse.davfs2": "WebDAV",
    "fuse.gcsfuse": "gcsfuse",
    "fuse.juicefs": "JuiceFS",
    "fuse.mfs": "MooseFS",
}
"""Types of file systems that other machines may write to at the same time, and what people call them."""

_ESCAPE = re.compile(r"\\([0-7]{3})")


def kind_of(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The type of the file system that holds the path: that of the longest mount point above it, of equal ones the last.

    Format: https://www.kernel.org/doc/html/latest/filesystems/proc.html, section 3.5. Where there is no such list, nothing is known.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, found, longest = os.path.realpath(path), "", -1
    for line in lines:
        head, _, tail = line.partition(" - ")
        fields, rest = head.split(), tail.split()
        if len(fields) < 5 or len(rest) < 1:
            continue
        point = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), fields[4])
        if (real == point or real.startswith(f"{point.rstrip('/')}/")) and len(point) >= longest:
            longest, found = len(point), "drvfs" if rest[0] == "9p" and "aname=drvfs" in tail else rest[0]
    return found
