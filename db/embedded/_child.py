"""Run as a script between us and a PostgreSQL program: `python _child.py PARENT PROGRAM ARGUMENTS...`.

It becomes the program, and sees to two things that only the child itself can: that the server gets SIGINT (a fast,
clean shutdown) when its parent dies of whatever, and that root is somebody else. PostgreSQL refuses to be root; in a
user namespace root keeps its own files, under another number, without an account made or a folder opened to anybody.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

NO_NAMESPACE = 77
CLONE_NEWUSER = 0x10000000  # linux/sched.h
PR_SET_PDEATHSIG = 1  # linux/prctl.h
SOMEBODY = 1000


def leave_root() -> None:
    """Enters a user namespace in which this user has another number. See user_namespaces(7)."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{SOMEBODY} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{SOMEBODY} {group} 1", encoding="ascii")


def main(parent: int, program: str, *arguments: str) -> None:
    if os.geteuid() == 0:
        try:
            leave_root()
        except (OSError, AttributeError):
            sys.exit(NO_NAMESPACE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)  # after the namespace: entering one clears it
        if os.getppid() != parent:
            sys.exit("The process that wanted PostgreSQL is gone.")
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
