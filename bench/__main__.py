"""The benchmarks: `python -m bench` runs all, `python -m bench NAME ...` one, `--list` tells which there are."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def benchmarks() -> dict[str, str]:
    """Their names, each with the first line of its docstring."""
    found = {}
    for path in sorted(HERE.glob("[a-z]*.py")):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem] = words.partition("\n")[0]
    return found


def main() -> int:
    known = benchmarks()
    if len(sys.argv) < 2:
        return max(run_alone(name) for name in known)
    if sys.argv[1] not in known:
        print("\n".join(f"{name:10} {words}" for name, words in known.items()))
        return 0 if sys.argv[1] == "--list" else 2
    name = sys.argv.pop(1)
    runpy.run_module(f"bench.{name}", run_name="__main__", alter_sys=True)
    return 0


def run_alone(name: str) -> int:
    """In a process of its own, so that one leaves nothing behind for the next."""
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
