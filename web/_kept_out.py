"""Why somebody is kept out, drawn: its time in a <time>, which scripts show in the reader's own zone, and where to
write to as a link. For the pages, and for the frames that change them.
"""

import re

from markupsafe import Markup, escape

from db.errors import Refused
from db.sanctions import KeptOut

from . import frames

# An address of a page or of a letter box, without the full stop behind it.
ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def drawn(refused: Refused) -> Markup:
    if not isinstance(refused, KeptOut):
        return escape(refused.sentence)
    words = escape(refused.sentence.removesuffix(refused.appeal))
    if refused.until is not None:
        moment = Markup('<time datetime="{}" data-style="f">{}</time>').format(
            frames.time(refused.until), refused.until_words
        )
        words = words.replace(escape(refused.until_words), moment, 1)
    return words + linked(refused.appeal)


def linked(words: str) -> Markup:
    """The words, with the addresses in them to be followed."""
    made, end = Markup(), 0
    for found in ADDRESS.finditer(words):
        address = found.group()
        to = address if "://" in address else f"mailto:{address}"
        made += escape(words[end : found.start()]) + Markup('<a href="{}">{}</a>').format(to, address)
        end = found.end()
    return made + escape(words[end:])
