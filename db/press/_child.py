"""Run as a script by the press: `python _child.py PARENT`. Jobs come on stdin and answers go to stdout, each as JSON
behind its length in four bytes; the first answer only says that all is loaded.
"""

import resource
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_FILES = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 32}

if __name__ == "__main__":
    sys.path.append(str(ROOT))  # -I leaves it out
    from db.confinement import confine

    confine(int(sys.argv[1]), NO_FILES)
    from db.markdown._working import work  # the parser is loaded within the limits

    work(sys.stdin.buffer, sys.stdout.buffer)
