"""What can be done with messages: post, edit, delete. The REST routes, the page and the tests all come through here, so
what one of them says the others see. Each act changes the world first and tells of it after."""

import hashlib
from datetime import timedelta

from practice import archive, checks, components, drafts, files, mentions, payloads
from practice.files import Upload
from practice.model import (
    EPHEMERAL,
    HAS_SNAPSHOT,
    LOADING,
    SUPPRESS_EMBEDS,
    SYSTEM,
    VOICE_MESSAGE,
    Channel,
    Json,
    Message,
    MessageType,
    ReferenceType,
    User,
    Webhook,
)
from practice.refusals import refusal
from practice.snowflakes import seconds_of
from practice.world import World

SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
FLAGS_TO_SET = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
FLAGS_TO_SAY = FLAGS_TO_SET | VOICE_MESSAGE
WORDS = frozenset({"content", "embeds", "attachments", "components"})  # to change one of them is to edit
UNDELETABLE = frozenset({MessageType.NAME_CHANGE, MessageType.THREAD_STARTER})
NONCE_SECONDS = 300
BULK_AGE = timedelta(days=14)


def draft(world: World, channel: Channel, author: User, body: Json, uploads: list[Upload]) -> Message:
    """A message made from a request's body and checked, but seen by nobody yet."""
    text = checks.content(body.get("content"))
    embeds = checks.embeds(body.get("embeds"))
    rows = components.check(list(body.get("components") or []))
    stickers = drafts.stickers(world, body.get("sticker_ids"))
    points = drafts.reference(world, body.get("message_reference"))
    snapshots = drafts.snapshots(world, channel, points)
    poll = drafts.poll(world, body.get("poll"))
    checks.not_empty(text, embeds, uploads, rows, stickers, poll, snapshots)
    message = Message(
        id=world.ids.next(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=author,
        content=text,
        timestamp=world.time(),
        flags=int(body.get("flags") or 0) & FLAGS_TO_SAY | (HAS_SNAPSHOT if snapshots else 0),
        attachments=files.keep_all(world, channel.id, uploads, body.get("attachments") or []),
        embeds=embeds,
        components=rows,
        stickers=stickers,
        snapshots=snapshots,
        poll=poll,
        reference=points,
    )
    check_voice(message)
    return message


def check_voice(message: Message) -> None:
    """A voice message is one sound with its length and its bars, and nothing beside it."""
    if not message.flags & VOICE_MESSAGE:
        return
    if message.content or message.embeds or message.stickers or message.poll:
        raise refusal(50159)
    if len(message.attachments) != 1 or not message.attachments[0].content_type.startswith("audio/"):
        raise refusal(50160)
    if message.attachments[0].duration is None or message.attachments[0].waveform is None:
        raise refusal(50161)


def post(world: World, channel: Channel, author: User, body: Json, uploads: list[Upload] | None = None) -> Message:
    """A message by a user or the bot. With `enforce_nonce` a second one of the same nonce answers with the first."""
    archive.open_for_words(world, channel, moderates=archive.moderates(world, author, channel))
    nonce = checks.nonce(body.get("nonce"))
    if nonce is not None and body.get("enforce_nonce"):
        first = world.nonces.get((author.id, str(nonce)))
        if first is not None and world.now() - seconds_of(first) < NONCE_SECONDS:
            return world.message(channel.id, first)
    allowed = mentions.read_allowed(body.get("allowed_mentions"), mentions.FOR_MESSAGES)
    message = draft(world, channel, author, body, uploads or [])
    message.nonce = nonce
    if message.reference and message.reference.type is ReferenceType.DEFAULT:
        message.type = MessageType.REPLY
    mentions.record(world, message, allowed)
    if nonce is not None:
        world.nonces[author.id, str(nonce)] = message.id
    return publish(world, message)


def post_by_webhook(
    world: World, webhook: Webhook, channel: Channel, body: Json, uploads: list[Upload] | None = None
) -> Message:
    """A message by a webhook, under the name and picture that the body gives or else its own."""
    archive.open_for_words(world, channel, moderates=False)
    return publish(world, draft_by_webhook(world, webhook, channel, body, uploads or []))


def draft_by_webhook(world: World, webhook: Webhook, channel: Channel, body: Json, uploads: list[Upload]) -> Message:
    name = webhook.name if body.get("username") is None else checks.name(body["username"])
    picture = checks.avatar_url(body.get("avatar_url"))
    allowed = mentions.read_allowed(body.get("allowed_mentions"), mentions.FOR_WEBHOOKS)
    author = User(webhook.id, name, avatar=avatar_hash(world, picture) or webhook.avatar, bot=True)
    said = {key: value for key, value in body.items() if key not in {"sticker_ids", "message_reference"}}
    message = draft(world, channel, author, said, uploads)
    message.webhook_id = webhook.id
    message.application_id = webhook.application_id
    message.avatar_url = picture
    mentions.record(world, message, allowed)
    return message


def avatar_hash(world: World, url: str | None) -> str | None:
    """Discord copies a webhook's picture and names the copy by a hash; the copy is fetched when somebody looks at
    it."""
    if url is None:
        return None
    name = hashlib.sha256(url.encode()).hexdigest()[:32]
    world.avatars[name] = url
    return name


def publish(world: World, message: Message) -> Message:
    channel = world.channel(message.channel_id)
    world.messages.setdefault(channel.id, {})[message.id] = message
    channel.last_message_id = message.id
    world.typing.pop((channel.id, message.author.id), None)
    mentions.ring(world, message)
    world.tell("MESSAGE_CREATE", payloads.message_event(world, message))
    return message


def edit(world: World, message: Message, body: Json, uploads: list[Upload] | None = None) -> Message:
    """Changes what the body names and leaves the rest. Nobody's device rings for an edit. To change only flags is no
    edit, and pictures of links that are no longer there go away."""
    check_editable(message)
    archive.check_awake(world, message.channel_id)
    new = uploads or []
    text = checks.content(body["content"]) if "content" in body else message.content
    embeds = checks.embeds(body["embeds"]) if "embeds" in body else still_linked(message.embeds, text)
    rows = components.check(list(body["components"] or [])) if "components" in body else message.components
    listed = body.get("attachments")
    kept = files.remaining(message.attachments, listed)
    files.check_count(len(kept) + len(new))
    checks.not_empty(text, embeds, kept, new, rows, message.stickers)
    default = mentions.FOR_WEBHOOKS if message.webhook_id else mentions.FOR_MESSAGES
    allowed = mentions.read_allowed(body.get("allowed_mentions"), default)
    message.attachments = kept + files.keep_all(world, message.channel_id, new, listed or [])
    message.content, message.embeds, message.components = text, embeds, rows
    if body.get("flags") is not None:
        message.flags = message.flags & ~FLAGS_TO_SET | int(body["flags"]) & FLAGS_TO_SET
    message.flags &= ~LOADING
    if new or WORDS & body.keys():
        message.edited_timestamp = world.time()
    mentions.record(world, message, allowed)
    tell_update(world, message)
    return message


def check_editable(message: Message) -> None:
    if message.type in SYSTEM:
        raise refusal(50021)
    if message.poll:
        raise refusal(520003)
    if message.flags & VOICE_MESSAGE:
        raise refusal(50162)


def still_linked(embeds: list[Json], text: str) -> list[Json]:
    return [embed for embed in embeds if embed["type"] == "rich" or embed.get("url", "") in text]


def tell_update(world: World, message: Message) -> None:
    if message.flags & EPHEMERAL:
        world.tell("PRACTICE_WHISPER", {"id": str(message.id)})
    else:
        world.tell("MESSAGE_UPDATE", payloads.message_event(world, message))


def delete(world: World, message: Message) -> None:
    """The message and its files; 50021 for the few of Discord's own that stay."""
    if message.type in UNDELETABLE:
        raise refusal(50021)
    archive.check_awake(world, message.channel_id)
    forget(world, message)
    world.tell("MESSAGE_DELETE", where(message) | {"id": str(message.id)})


def forget(world: World, message: Message) -> None:
    del world.messages[message.channel_id][message.id]
    for file in (*message.attachments, *(file for each in message.snapshots for file in each.attachments)):
        world.files.pop(file.id, None)


def where(message: Message) -> Json:
    """The channel and guild of a message, as every event about one carries them."""
    place = {"channel_id": str(message.channel_id)}
    return {**place, "guild_id": str(message.guild_id)} if message.guild_id else place


def bulk_delete(world: World, channel: Channel, ids: list[int]) -> None:
    """Deletes 2 to 100 messages younger than 14 days at once; ids that are not there are passed over."""
    if not 2 <= len(set(ids)) <= 100:
        raise refusal(50016)
    here = world.messages.get(channel.id, {})
    found = [here[each] for each in dict.fromkeys(ids) if each in here]
    if any(world.time() - message.timestamp > BULK_AGE for message in found):
        raise refusal(50034)
    for message in found:
        forget(world, message)
    if found:
        world.tell("MESSAGE_DELETE_BULK", where(found[0]) | {"ids": [str(message.id) for message in found]})


def history(
    world: World,
    channel_id: int,
    *,
    limit: int = 50,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
) -> list[Message]:
    """A page of a channel, always newest first; with `after` it is the oldest page after that id."""
    listed = list(world.messages.get(channel_id, {}).values())
    if around is not None:
        older = [message for message in listed if message.id < around][-(limit // 2) :]
        newer = [message for message in listed if message.id >= around][: limit - len(older)]
        return (older + newer)[::-1]
    if after is not None:
        return [message for message in listed if message.id > after][:limit][::-1]
    return [message for message in listed if before is None or message.id < before][-limit:][::-1]
