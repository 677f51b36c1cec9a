"""How texts name their pictures: as the site does, or as files beside them."""

import re
from collections.abc import Iterable

from db.moving._shape import Kept

# Rules


def relative(body: str, pictures: Iterable[Kept]) -> tuple[str, bool]:
    """The text with its pictures named as the files beside it, if that can be undone exactly; else as it is."""
    pictures = list(pictures)
    changed = body
    for one in pictures:
        path = re.escape(f"/media/{one.id}/full.{one.ext}")
        changed = re.sub(rf"(?<![\w.:/-]){path}", f"{one.id}.{one.ext}", changed)  # but not in a whole address
    return (changed, True) if absolute(changed, pictures) == body else (body, False)


def absolute(body: str, pictures: Iterable[Kept]) -> str:
    """The other way round."""
    for one in pictures:
        body = body.replace(f"{one.id}.{one.ext}", f"/media/{one.id}/full.{one.ext}")
    return body


def renamed(text: str, ids: dict[str, str]) -> str:
    """The text in which pictures have other ids."""
    for old, new in ids.items():
        text = text.replace(f"/media/{old}/", f"/media/{new}/")
    return text
