"""What a process of ours does to itself before it looks at anything that could harm it. Run in the child.

It loads next to nothing, for each picture waits for it.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Mapping

MEMORY = 1024**3
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def confine(parent: int, limits: Mapping[int, int]) -> None:
    """Limits (of `resource`) that cannot be raised again, and an end with the process that asked, `parent`."""
    for limit, most in {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0, **limits}.items():
        resource.setrlimit(limit, (most, most))
    os.nice(10)  # the house comes first
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("Whoever asked is gone.")
