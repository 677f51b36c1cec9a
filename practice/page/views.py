"""What the page shows, as JSON: GET /practice/state. Tests of other processes read the same."""

from typing import TYPE_CHECKING

from practice import answers, messages, payloads
from practice.answers import Answer
from practice.model import SYSTEM, Channel, ChannelType, Json, Message, Role, User
from practice.world import World

if TYPE_CHECKING:
    from practice.server import Practice

NEWEST = 200
LOG = 40
TYPING = 10.0


def picture_of(user: User) -> str:
    return f"/avatars/{user.id}/{user.avatar}.png" if user.avatar else "/embed/avatars/0.png"


def message(world: World, message: Message) -> Json:
    shape = payloads.message(world, message)
    name = message.author_name
    if message.webhook_id is None and message.author.id in world.guild.members:
        name = world.guild.members[message.author.id].name
    extra: Json = {"author_name": name, "picture": picture_of(message.author), "thinking": bool(message.flags & 128)}
    extra["seen_by"] = str(message.seen_by) if message.seen_by else None
    extra["system"] = message.type in SYSTEM
    if message.poll:
        extra["votes"] = {str(each.id): [str(who) for who in each.voters] for each in message.poll.answers}
    for said in (shape, *(each["message"] for each in shape.get("message_snapshots", []))):
        nearby(world, said)
    shape["reactions"] = [
        {**reaction, "key": key, "people": [str(who) for who in people]}
        for (key, people), reaction in zip(message.reactions.items(), shape.get("reactions", []), strict=True)
    ]
    return shape | extra


def nearby(world: World, shape: Json) -> None:
    """Lets the page fetch a message's files and pictures from where it came from itself."""
    for listed in shape["attachments"]:
        listed["url"] = listed["url"].removeprefix(world.cdn_base)
    files = {f"attachment://{listed['filename']}": listed["url"] for listed in shape["attachments"]}
    shape["embeds"] = [with_pictures(world, each, files) for each in shape["embeds"]]
    drawn = {each["image"]["url"] for each in shape["embeds"] if "image" in each}
    shape["attachments"] = [each for each in shape["attachments"] if f"attachment://{each['filename']}" not in drawn]


def with_pictures(world: World, embed: Json, files: Json) -> Json:
    """Discord passes the pictures of an embed on. What it found behind a link is drawn; what the bot names is fetched
    when somebody looks at it, as a webhook's picture is; `files` came along with the message, and are shown in the
    embed that names them instead of below it."""
    pictures = {key: dict(embed[key]) for key in ("image", "thumbnail") if embed.get(key)}
    for picture in pictures.values():
        proxy = picture.get("proxy_url", "").removeprefix(world.cdn_base)
        sent = files.get(picture.get("url", ""))
        picture["nearby"] = proxy or sent or f"/avatars/0/{messages.avatar_hash(world, picture.get('url'))}.png"
    return {**embed, **pictures}


def typing(world: World, channel: Channel) -> list[str]:
    """Who began to type in the last ten seconds."""
    begun = [who for (place, who), at in world.typing.items() if place == channel.id and world.now() - at < TYPING]
    return [str(who) for who in begun]


def state(practice: "Practice", channel: Channel, limit: int = NEWEST) -> Json:
    """One channel's newest messages (oldest first), who and what is here, and what went on behind the scenes."""
    world = practice.world
    stored = list(world.messages.get(channel.id, {}).values())
    whispers = [each for each in world.whispers.values() if each.channel_id == channel.id]
    shown = sorted(stored + whispers, key=lambda each: each.id)[-limit:]
    return {
        "guild": world.guild.name,
        "channel": str(channel.id),
        "channels": [channel_button(each) for each in world.channels.values()],
        "people": people(world),
        "bans": [{"id": str(each.user.id), "name": each.user.global_name} for each in world.guild.bans.values()],
        "emojis": [payloads.emoji(each) for each in world.guild.emojis.values()],
        "stickers": [payloads.sticker(world, each) for each in world.guild.stickers.values()],
        "typing": typing(world, channel),
        "commands": list(world.commands.values()),
        "roles": [{"id": str(each.id), "name": each.name} for each in roles(world)],
        "messages": [message(world, each) for each in shown],
        "pings": [{"message_id": str(ping.message_id), "target": str(ping.target)} for ping in world.pings[-LOG:]],
        "requests": [
            {"method": each.method, "path": each.path, "status": each.status} for each in list(world.requests)[-LOG:]
        ],
        "sessions": {
            "connected": practice.gateway.connected,
            "identified": practice.gateway.identified,
            "resumed": practice.gateway.resumed,
        },
        "away": practice.faults.rest.away,
    }


def channel_button(channel: Channel) -> Json:
    """`of` is whose direct messages these are: the page shows them to nobody else. `parent` is a thread's."""
    shape = {
        "id": str(channel.id),
        "name": channel.name,
        "topic": channel.topic,
        "thread": channel.type is ChannelType.PUBLIC_THREAD,
        "forum": channel.type is ChannelType.FORUM,
        "parent": str(channel.parent_id) if channel.parent_id else None,
        "archived": channel.archived,
        "locked": channel.locked,
        "of": None,
    }
    if channel.type is ChannelType.DIRECT:
        shape |= {"name": "from the bot", "topic": "Only you and the bot.", "of": str(channel.recipients[0])}
    return shape


def people(world: World) -> list[Json]:
    return [
        {
            "id": str(member.user.id),
            "name": member.name,
            "bot": member.user.bot,
            "owner": member.user.id == world.guild.owner_id,
            "timed_out": member.timed_out_until is not None and member.timed_out_until > world.time(),
            "status": member.status,
            "picture": picture_of(member.user),
            "roles": [str(role) for role in member.roles],
        }
        for member in world.guild.members.values()
    ]


def roles(world: World) -> list[Role]:
    """Those that somebody can be given: neither everybody's nor a program's own."""
    return [each for each in world.guild.roles.values() if each.id != world.guild.id and not each.managed]


def answer(world: World, answer: Answer) -> Json:
    """`token` lets the page send the form that was answered with."""
    return {
        "kind": answer.kind.name.lower() if answer.kind is not None else None,
        "content": answer.content,
        "ephemeral": answer.ephemeral,
        "message": message(world, answer.message) if answer.message else None,
        "followups": [message(world, each) for each in answer.followups],
        "choices": list(answer.choices),
        "modal": answer.modal,
        "token": answer.interaction.token,
    }


def answer_to(practice: "Practice", token: str) -> Answer:
    return answers.read(practice.world, practice.interactions.find(token))
