"""Run as a script between us and a PostgreSQL program: `python _child.py PARENT USER GROUP PROGRAM ARGUMENTS...`.

It becomes the program, and sees to what only the child itself can: that the server gets SIGINT (a fast, clean
shutdown) when its parent dies of whatever, and that it is nobody PostgreSQL refuses, which are root and users without
a name. In somebody else's folder root becomes that user. In its own folder root enters a user namespace: there it keeps
its files, under another number, without an account made or a folder opened to anybody.
"""

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

NO_NAMESPACE = 77
CLONE_NEWUSER = 0x10000000  # linux/sched.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4  # linux/prctl.h
NOBODY = 65534


def prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    prctl(PR_SET_DUMPABLE, 1)  # else /proc/self stays root's, and the maps below could not be written


def has_name(user: int) -> bool:
    """Whether /etc/passwd knows this user: initdb insists on it, and containers are run by any number."""
    try:
        return bool(pwd.getpwuid(user))
    except KeyError:
        return False


def rename() -> None:
    """Enters a user namespace in which this user has the number of one with a name. See user_namespaces(7)."""
    user, group = os.geteuid(), os.getegid()
    known = sorted({entry.pw_uid for entry in pwd.getpwall()} - {0, NOBODY}, reverse=True)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    # In bytes: the user become may not be able to read Python's own modules, and an encoding is one.
    Path("/proc/self/setgroups").write_bytes(b"deny")
    Path("/proc/self/uid_map").write_bytes(b"%d %d 1" % (known[0] if known else NOBODY, user))
    Path("/proc/self/gid_map").write_bytes(b"%d %d 1" % (group or NOBODY, group))


def leave_root(user: int, group: int) -> None:
    if os.geteuid() == 0 and user != 0:
        become(user, group)
    if os.geteuid() == 0 or not has_name(os.geteuid()):
        try:
            rename()
        except (OSError, AttributeError):
            if os.geteuid() == 0:
                sys.exit(NO_NAMESPACE)


def main(parent: int, user: int, group: int, command: list[str]) -> None:
    leave_root(user, group)
    prctl(PR_SET_PDEATHSIG, signal.SIGINT)  # last, for each of the above clears it
    if os.getppid() != parent:
        sys.exit("The process that wanted PostgreSQL is gone.")
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
