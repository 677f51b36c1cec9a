"""What people say and do with what was said."""

from collections.abc import Sequence
from dataclasses import replace

from practice import embeds, messages, permissions, reactions, sounds
from practice.files import Upload, content_type
from practice.model import VOICE_MESSAGE, Json, Message, ReferenceType
from practice.people._base import Somebody, Where, Who
from practice.refusals import refusal

Given = tuple[str, bytes] | Upload


class Speaking(Somebody):
    def say(
        self,
        who: Who,
        text: str,
        *,
        channel: Where = "hangout",
        reply_to: int | None = None,
        files: Sequence[Given] = (),
        stickers: Sequence[str | int] = (),
        ping: bool = True,
    ) -> Message:
        """Posts as a person. `files` are (filename, bytes) or an Upload, stickers names or ids; `ping` false replies
        without notifying."""
        body: Json = {"content": text, "sticker_ids": [self.sticker(each) for each in stickers]}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to}
        if not ping:
            body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": False}
        return self.post(who, channel, body, files)

    def post(self, who: Who, channel: Where, body: Json, files: Sequence[Given] = ()) -> Message:
        """Posts a request's body as a person, who needs the right to speak there."""
        member, place = self.member(who), self.channel(channel)
        if not self.world.permissions(member.user.id, place) & permissions.SEND_MESSAGES:
            raise refusal(50013)
        return messages.post(self.world, place, member.user, body, [upload(n, each) for n, each in enumerate(files)])

    def sticker(self, which: str | int) -> int:
        """The id of a sticker that is named by its name or id."""
        found = [each.id for each in self.world.guild.stickers.values() if which in {each.name, each.id, str(each.id)}]
        if not found:
            raise LookupError(f"There is no sticker {which!r}.")
        return found[0]

    def voice(
        self, who: Who, seconds: float = 3.0, *, channel: Where = "hangout", reply_to: int | None = None
    ) -> Message:
        """A voice message: silence, but a real Ogg Opus file with its length and bars."""
        bars, name = sounds.waveform(seconds, str(self.world.ids.next())), "voice-message.ogg"
        sound = Upload(0, name, "audio/ogg", sounds.voice(seconds), duration=seconds, waveform=bars)
        body: Json = {"flags": VOICE_MESSAGE}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to}
        return self.post(who, channel, body, [sound])

    def forward(self, who: Who, message_id: int, *, channel: Where = "hangout") -> Message:
        """Forwards a message from wherever it is; a copy of it as it is now goes along."""
        points = {"type": int(ReferenceType.FORWARD), "message_id": message_id}
        return self.post(who, channel, {"message_reference": points})

    def edit(self, message_id: int, text: str) -> Message:
        return messages.edit(self.world, self.find(message_id), {"content": text})

    def delete(self, message_id: int) -> None:
        messages.delete(self.world, self.find(message_id))

    def bulk_delete(self, *message_ids: int) -> None:
        place = self.channel(self.find(message_ids[0]).channel_id)
        messages.bulk_delete(self.world, place, list(message_ids))

    def react(self, who: Who, message_id: int, emoji: str) -> None:
        """`emoji` is a unicode one or `name:id` of a custom one."""
        reactions.add(self.world, self.find(message_id), self.member(who).user.id, emoji)

    def unreact(self, who: Who, message_id: int, emoji: str) -> None:
        reactions.remove(self.world, self.find(message_id), self.member(who).user.id, emoji)

    def clear_reactions(self, message_id: int, emoji: str | None = None) -> None:
        """All reactions of a message, or all of one emoji."""
        if emoji is None:
            reactions.clear(self.world, self.find(message_id))
        else:
            reactions.remove_emoji(self.world, self.find(message_id), emoji)

    def typing(self, who: Who, channel: Where = "hangout") -> None:
        reactions.typing(self.world, self.channel(channel), self.member(who).user.id)

    def unfurl(
        self,
        message_id: int,
        *,
        url: str,
        kind: str = "link",
        title: str | None = None,
        description: str | None = None,
        site: str | None = None,
        image: str | None = None,
        size: tuple[int, int] = (1200, 630),
    ) -> None:
        """The picture of a link arrives, as it does a moment after the message. `kind` is link, article, image or
        video."""
        found = embeds.link(
            self.world, url, kind=kind, title=title, description=description, site=site, image=image, size=size
        )
        embeds.unfurl(self.world, self.find(message_id), found)

    def suppress_embeds(self, message_id: int, *, suppressed: bool = True) -> None:
        embeds.suppress(self.world, self.find(message_id), suppressed=suppressed)

    def expire_links(self) -> None:
        """Every address of a file that was given out so far answers 404; new ones are good."""
        self.world.forget_signatures()


def upload(index: int, given: Given) -> Upload:
    if isinstance(given, Upload):
        return replace(given, index=index)
    return Upload(index, given[0], content_type(given[0]), given[1])
