"""Whether both sides agree: the channel in Discord, what the site keeps, and what each of its readers sees."""

from collections.abc import Iterable, Iterator, Sequence

import asyncpg

from db.emoji import key_of
from db.markup import hide_links
from practice import Message
from tests.bridge.readers import Reader
from tests.bridge.scene import Scene
from tests.bridge.shown import GONE, Shown, of_frame, of_page

ROWS = """select m.id, m.source, m.kind, m.content, m.relay, m.discord_id, m.edited_at, p.name as author,
    m.links_hidden, m.deleted_at is not null as gone, m.reply_to_id, q.discord_id as reply_discord_id,
    q.deleted_at is not null as reply_gone, q.content as reply_content, qp.name as reply_author,
    coalesce((select array_agg(r.emoji || ' ' || holder.discord_id) from reactions r
        join people holder on holder.id = r.person_id
        where r.message_id = m.id and r.source = 'discord'), '{}') as from_discord,
    coalesce((select array_agg(distinct r.emoji) from reactions r
        where r.message_id = m.id and r.source = 'web'), '{}') as from_web
    from messages m join people p on p.id = m.author_id left join messages q on q.id = m.reply_to_id
    left join people qp on qp.id = q.author_id order by m.id"""


async def differences(scene: Scene, readers: Sequence[Reader]) -> list[str]:
    """Everything in which they do not agree, as sentences; empty when all is well."""
    rows = await scene.store.pool.fetch(ROWS)
    channel = [one for one in scene.practice.messages() if one.type in {0, 19}]
    return [*_the_sides(rows, channel, scene.practice.bot_id), *await _the_readers(scene, rows, readers)]


def _the_sides(rows: Sequence[asyncpg.Record], channel: Sequence[Message], bot_id: int) -> Iterator[str]:
    said = [row for row in rows if not row["gone"] and row["kind"] == "said"]
    here = {row["discord_id"]: row for row in said if row["discord_id"]}
    there = {one.id: one for one in channel}
    for row in said:
        if row["source"] == "web" and row["relay"] != "sent":
            yield f"{row['content']!r} is {row['relay']}"
        elif row["discord_id"] not in there:
            yield f"{row['content']!r} is here and not in Discord"
    for one in channel:
        if one.id in here:
            yield from _one(here[one.id], one, bot_id)
        else:
            yield f"{one.content!r} is in Discord and not here"
    for is_ours in (True, False):
        order = [row["discord_id"] for row in said if (row["source"] == "web") == is_ours]
        if order != [one.id for one in channel if bool(one.webhook_id) == is_ours]:
            yield f"the order differs ({'from the site' if is_ours else 'from Discord'})"


def _one(row: asyncpg.Record, there: Message, bot_id: int) -> Iterator[str]:
    what = repr(row["content"])
    if there.author_name != row["author"]:
        yield f"{what} is by {row['author']} here and by {there.author_name} there"
    is_hidden_here = row["links_hidden"] and row["source"] == "discord"  # nobody can change it there
    if (hide_links(there.content) if is_hidden_here else there.content) != _expected(row, there):
        yield f"{what} is {there.content!r} in Discord"
    if (row["edited_at"] is None) != (there.edited_timestamp is None) and row["source"] == "discord":
        yield f"{what} is edited on one side only"
    answered = there.reference.message_id if there.reference else None
    if row["source"] == "discord" and row["reply_to_id"] and row["reply_discord_id"] != answered:
        yield f"{what} answers another message there"
    holders = {f"{key_of(emoji)} {who}" for emoji, people in there.reactions.items() for who in people if who != bot_id}
    if holders != set(row["from_discord"]):
        yield f"{what} is held by {sorted(row['from_discord'])} here and by {sorted(holders)} there"
    mirrored = {key_of(emoji) for emoji, people in there.reactions.items() if bot_id in people}
    if mirrored != set(row["from_web"]):
        yield f"{what} has {sorted(row['from_web'])} from the site, and the bot {sorted(mirrored)}"


def _expected(row: asyncpg.Record, there: Message) -> str:
    """What a message of the site's reads like in Discord; a reply begins with its original, as that is now."""
    if row["source"] == "discord" or not row["reply_to_id"]:
        return str(row["content"])
    quoted = f"> **{row['reply_author']}**: " + (f"*{GONE}*" if row["reply_gone"] else row["reply_content"])
    first = there.content.partition("\n")[0].partition(" [↩](https://discord.com/channels/")[0]
    return f"{there.content.partition(chr(10))[0]}\n{row['content']}" if first == quoted else f"{quoted}, not {first}"


async def _the_readers(scene: Scene, rows: Iterable[asyncpg.Record], readers: Sequence[Reader]) -> list[str]:
    async with scene.client.get(f"{scene.url}/api/v1/rooms/hangout/messages?after=0") as answer:
        frames = (await answer.json())["messages"]
    wanted = sorted((of_frame(one) for one in frames if not one["deleted"]), key=lambda one: int(one.id))
    kept = {str(row["id"]): row["author"] for row in rows if not row["gone"]}
    told = [] if {one.id: one.author for one in wanted} == kept else ["the API does not tell what is kept"]
    told += _compared("the page", of_page(await scene.page()), wanted)
    for reader in readers:
        told += reader.problems
        told += _compared(f"reader {readers.index(reader)}", reader.shown, wanted)
    return told


def _compared(who: str, found: Sequence[Shown], wanted: Sequence[Shown]) -> Iterator[str]:
    if [one.id for one in found] != [one.id for one in wanted]:
        yield f"{who} shows {[one.words for one in found]} and not {[one.words for one in wanted]}"
    else:
        pairs = zip(found, wanted, strict=True)
        yield from (f"{who} shows {one} and not {other}" for one, other in pairs if one != other)
