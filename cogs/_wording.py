"""How what was said on the site reads in Discord: alone under its author's name, or joined with its neighbours. No I/O.

Discord's webhooks cannot reply and cannot speak for several: a reply begins with a line that quotes its original, and
in a joined message each line begins with its author. Neither can be forged by what somebody writes.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from db.markup import escape, excerpt
from db.messages import Message, Quote

CONTENT_MAX, EMBED_MAX = 2000, 4096  # characters; Discord's own
EXCERPT_MAX = 72
CONTINUED = "\n┆ "  # begins each further line of one author in a joined message
BLOCK = re.compile(r"[>#\-*`\d]")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
MENTIONED_MAX = 5
RUNS = re.compile(r"`+|\*+|_+|~~+|\|\|+")
FORGED = re.compile(r"^(?=> ?\*\*)", re.MULTILINE)  # what a line that quotes for a reply begins with
MENTION = re.compile(r"(?<![\w@])@([^\s@][^@\n]{1,31})")
Link = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Words:
    """`content` is at most 2,000 characters; `description` is that of an embed for what does not fit, at most 4,096.
    `mentioned` are those who may be rung for it.
    """

    content: str
    description: str = ""
    mentioned: tuple[int, ...] = ()


def alone(message: Message, link: Link, people: Mapping[str, int]) -> Words:
    """One message. `link` gives the address of a Discord message; `people` are those who may be mentioned, by name."""
    words, mentioned = mentioning(message.content, people)
    unforged = FORGED.sub(r"\\", words)
    words = unforged if len(unforged) <= CONTENT_MAX else words
    if message.reply_to is None:
        return Words(words, "", mentioned)
    quoted = quote_line(message.reply_to, link)
    together = f"{quoted}\n{words}".rstrip()
    if len(together) <= CONTENT_MAX:
        return Words(together, "", mentioned)
    return Words(words, quoted, mentioned)


def joined(lines: Sequence[Message], link: Link) -> Words:
    """Several messages in one, in their order, each under its author's name."""
    whole = "\n".join(_line(one, link) for one in lines)
    if len(whole) <= CONTENT_MAX:
        return Words(whole)
    if len(whole) > EMBED_MAX:  # after edits; each keeps its author and its beginning
        share = EMBED_MAX // len(lines) - 1
        cut = (_line(one, link) for one in lines)
        whole = "\n".join(one if len(one) <= share else f"{one[: share - 1]}…" for one in cut)
    return Words("", whole)


def fitting(waiting: Sequence[Message], link: Link) -> int:
    """How many of these, from the first, go into one Discord message; at least one. Files keep a message by itself."""
    length = 0
    for count, message in enumerate(waiting):
        length += len(_line(message, link)) + 1
        if message.attachments or length - 1 > CONTENT_MAX:
            return max(1, count)
    return len(waiting)


def quote_line(quote: Quote, link: Link) -> str:
    """What a reply begins with: the author, the beginning of the original, and the way to it where there is one."""
    name = escape(quote.author_name)
    arrow = f" [↩]({link(quote.discord_id)})" if quote.discord_id and quote.discord_id > 0 else ""
    if quote.content is None:
        return f"> **{name}**: *(this message was deleted)*"
    return f"> **{name}**: {escape(excerpt(quote.content, EXCERPT_MAX, quote.mentions)) or '…'}{arrow}"


def mentioning(content: str, people: Mapping[str, int]) -> tuple[str, tuple[int, ...]]:
    """The words with `@name` as a real mention, where the name is one of these (keys are in lower case), and who is
    mentioned: a few at most, and nobody within code.
    """
    mentioned: list[int] = []
    longest_first = sorted(people, key=len, reverse=True)

    def mention(found: re.Match[str]) -> str:
        after = found[1].lower()
        for name in longest_first:
            if after.startswith(name) and not after[len(name) : len(name) + 1].isalnum():
                if people[name] not in mentioned:
                    if len(mentioned) >= MENTIONED_MAX:
                        break
                    mentioned.append(people[name])
                return f"<@{people[name]}>{found[1][len(name) :]}"
        return found[0]

    if people and "@" in content:
        pieces = CODE.split(content)  # code at the odd places
        content = "".join(one if place % 2 else MENTION.sub(mention, one) for place, one in enumerate(pieces))
    return content, tuple(mentioned)


def _line(message: Message, link: Link) -> str:
    words = message.content if _is_balanced(message.content) else escape(message.content)
    start = "\n┆ " if BLOCK.match(words) else ""
    line = f"**{escape(message.author.name)}**: {start}{words.replace(chr(10), CONTINUED)}"
    return f"{quote_line(message.reply_to, link)}\n{line}" if message.reply_to else line


def _is_balanced(words: str) -> bool:
    """Whether no mark is left open that would swallow the next author's line. What is not plain to see is not."""
    if "\\" in words or "[" in words:
        return False
    runs = Counter(RUNS.findall(words))
    return all(count % 2 == 0 and len(mark) <= 3 for mark, count in runs.items())
