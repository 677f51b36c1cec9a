"""Run as a script by the darkroom: `python _child.py FOLDER PARENT SQUARE SMALL PIXELS SIDE FRAMES WIDTHS...`, with a
picture on stdin.

It reads the picture, makes it anew into files of FOLDER, and says on stdout what it is, as JSON. What comes out was
encoded here from plain pixels: nothing of the file that came in is left, neither what it told of its maker nor what
it would have been to another program.
"""

import json
import resource
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMITS = {resource.RLIMIT_CPU: 8, resource.RLIMIT_FSIZE: 32 * 1024**2}  # seconds, bytes


def main(folder: Path, parent: int, square: int, small: int, pixels: int, side: int, frames: int, *widths: int) -> None:
    sys.path.append(str(ROOT))  # -I leaves it out
    from db.confinement import confine  # noqa: PLC0415 - the path is known only now

    confine(parent, LIMITS)
    sys.path.insert(0, str(Path(__file__).parent))
    import _pictures  # type: ignore[import-not-found]  # noqa: PLC0415 - Pillow is loaded within the limits

    warnings.simplefilter("error")
    try:
        said = _pictures.develop(folder, _pictures.Limits(pixels, side, frames), widths, square, small)
    except _pictures.Unfit as unfit:
        said = {"refused": str(unfit)}
    except MemoryError:
        said = {"refused": _pictures.TOO_HARD}
    except OSError as error:
        # Pillow's own have no number; a full disk has.
        said = {"refused": _pictures.UNREADABLE} if error.errno is None else {"full": True}
    except Exception:  # noqa: BLE001 - a decoder may raise whatever a stranger makes it raise
        said = {"refused": _pictures.UNREADABLE}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
