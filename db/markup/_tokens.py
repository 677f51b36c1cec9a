"""The tokens within a line, as one pattern. Every branch either begins with a character that it cannot contain again or
consumes all it has read, so that a search over a whole text reads each character a bounded number of times.
"""

import re

# What may stand between the delimiters of a bare address: not what closes bold, strike or a spoiler around it.
BARE = r"""https?://(?:[^\s<>|*"`\\~]++|\*(?!\*)|~(?!~))++"""
_IN_BRACKETS = r"""https?://(?:[^\s<>()\[\]"\\]++|\([^\s<>()\[\]"\\]*+\))++"""

TOKEN = re.compile(
    rf"""
    (?P<shrug>¯\\_\(ツ\)_/¯)                                            # the one that everybody copies without escapes
    |\\(?P<escaped>[^\w\s]|_)
    |(?P<fence>```)
    |(?P<ticks>`{{1,2}})
    |(?P<stars>\*+)
    |(?P<lines>_+)
    |(?P<pair>~~|\|\|)
    |\[(?P<label>(?:\\.|[^\[\]\\\n])++)\]\(<?(?P<masked>{_IN_BRACKETS})>?(?:[ ]+"[^"\[\n]*+")?\)
    |<(?P<angled>https?://[^\s<>]++)>
    |<(?P<mark>@[!&]?|\#)(?P<mentioned>[0-9]{{1,20}})>
    |</(?P<command>[^:<>\n]{{1,100}}):[0-9]{{1,20}}>
    |<(?P<animated>a?):(?P<emoji>[A-Za-z0-9_]{{2,32}}):(?P<emoji_id>[0-9]{{15,20}})>
    |<t:(?P<moment>-?[0-9]{{1,13}})(?::(?P<style>[tTdDfFRsS]))?>
    |(?P<bare>{BARE})
    """,
    re.VERBOSE,
)
FENCE_LANGUAGE = re.compile(r"([A-Za-z0-9_+\-.#]{1,20})\n")
TICKS = re.compile("`+")

# An address that may become a link. No user and password, which serve to show another host, and no IPv6 literal.
ADDRESS = re.compile(r"""https?://(?P<host>[^\W_][\w.\-]{0,252})(?::[0-9]{1,5})?(?:[/?\#][^\s<>"]*)?""")


def fence_close(text: str, start: int) -> int:
    """Where the closing mark of a code block is whose opening mark ends at `start`; -1 when there is none."""
    return text.find("```", start)


def trim_address(url: str) -> str:
    """A bare address without the punctuation of the sentence around it; a bracket stays when it was opened within."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while end:
        last = url[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in ".,:;!?'*_~]":
            break
        end -= 1
    return url[:end]
