"""The part of a text in which somebody's words were found, made safe for a page. Used by the searches of db."""

import html
import re

# Two characters that no text of ours holds, for what stands around them is escaped afterwards.
START, STOP = "\ue000", "\ue001"
OPTIONS = (
    f'StartSel="{START}", StopSel="{STOP}", MaxFragments=2, MaxWords=28, MinWords=10, ShortWord=2,'
    ' FragmentDelimiter=" … "'
)
PAIR = re.compile(f"{START}([^{START}{STOP}]*){STOP}")


# Rules


def marked(headline: str) -> str:
    """HTML of what ts_headline made with OPTIONS: words in <mark>, everything else as text."""
    whole = PAIR.sub(r"<mark>\1</mark>", html.escape(" ".join(headline.split())))
    return whole.replace(START, "").replace(STOP, "")
