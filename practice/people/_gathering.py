"""What changes in the guild: members, their status, names, emoji and stickers, the bot's rights."""

from datetime import timedelta

from practice import discipline, payloads, system
from practice.model import Emoji, Json, Member, Message, Role, Sticker, StickerFormat
from practice.people._base import Somebody, Where, Who


class Gathering(Somebody):
    def join(self, name: str, *, user_id: int | None = None) -> Member:
        """A new member; the system channel (the hangout) says so."""
        return system.join(self.world, name, user_id)

    def leave(self, who: Who) -> None:
        system.leave(self.world, self.member(who))

    def boost(self, who: Who) -> Message | None:
        """Somebody boosts the guild; gives the message that says so."""
        return system.boost(self.world, self.member(who))

    def rename_channel(self, who: Who, name: str, *, channel: Where = "hangout") -> None:
        """A thread says so by a message (type 4); another channel only changes."""
        system.rename(self.world, self.channel(channel), name, self.member(who).user)

    def rename(self, who: Who, nick: str | None) -> None:
        member = self.member(who)
        member.nick = nick
        self.world.tell("GUILD_MEMBER_UPDATE", payloads.member(member) | {"guild_id": str(self.world.guild.id)})

    def add_role(self, name: str, bits: int = 0) -> Role:
        """A new role of the guild, which nobody holds yet; `bits` are its permissions."""
        role = Role(self.world.ids.next(), name, bits, len(self.world.guild.roles))
        self.world.guild.roles[role.id] = role
        self.world.tell("GUILD_ROLE_CREATE", {"guild_id": str(self.world.guild.id), "role": payloads.role(role)})
        return role

    def give_role(self, who: Who, role_id: int) -> None:
        self._set_roles(self.member(who), {*self.member(who).roles, self.world.guild.roles[role_id].id})

    def take_role(self, who: Who, role_id: int) -> None:
        self._set_roles(self.member(who), {*self.member(who).roles} - {role_id})

    def _set_roles(self, member: Member, held: set[int]) -> None:
        member.roles = sorted(held)
        self.world.tell("GUILD_MEMBER_UPDATE", payloads.member(member) | {"guild_id": str(self.world.guild.id)})

    def ban(self, who: Who, *, by: Who = "owner", reason: str | None = None) -> None:
        discipline.ban(self.world, self.member(who).user, self.member(by).user, reason)

    def unban(self, who: Who, *, by: Who = "owner", reason: str | None = None) -> None:
        """Somebody who was banned, by id or by name."""
        banned = [each.user for each in self.world.guild.bans.values() if who in {each.user.id, each.user.global_name}]
        if not banned:
            raise LookupError(f"Nobody called {who!r} is banned.")
        discipline.unban(self.world, banned[0], self.member(by).user, reason)

    def time_out(self, who: Who, seconds: float, *, by: Who = "owner", reason: str | None = None) -> None:
        """They only read for so long; 0 ends it."""
        until = self.world.time() + timedelta(seconds=seconds) if seconds else None
        discipline.time_out(self.world, self.member(who), until, self.member(by).user, reason)

    def set_status(self, who: Who, status: str) -> None:
        """`status` is online, idle, dnd or offline."""
        member = self.member(who)
        member.status = status
        self.world.tell("PRESENCE_UPDATE", payloads.presence(self.world, member))

    def set_activities(self, who: Who, *activities: Json) -> None:
        """What somebody does, as Discord's 'Activity Object' has it; see practice/evening.py for some."""
        member = self.member(who)
        member.activities = list(activities)
        self.world.tell("PRESENCE_UPDATE", payloads.presence(self.world, member))

    def set_bot_permissions(self, *, without: int = 0, add: int = 0) -> None:
        """Takes permission bits from the bot's role, or gives some; the bits are in practice.permissions."""
        world = self.world
        role = world.guild.roles[world.member(world.bot.id).roles[0]]
        everyone = world.guild.roles[world.guild.id]
        role.permissions = role.permissions & ~without | add
        everyone.permissions &= ~without  # what everybody may do the bot's role cannot take away
        for changed in (role, everyone):
            world.tell("GUILD_ROLE_UPDATE", {"guild_id": str(world.guild.id), "role": payloads.role(changed)})

    def add_emoji(self, name: str, *, animated: bool = False) -> Emoji:
        emoji = Emoji(self.world.ids.next(), name, animated)
        self.world.guild.emojis[emoji.id] = emoji
        listed = [payloads.emoji(each) for each in self.world.guild.emojis.values()]
        self.world.tell("GUILD_EMOJIS_UPDATE", {"guild_id": str(self.world.guild.id), "emojis": listed})
        return emoji

    def add_sticker(self, name: str, kind: StickerFormat = StickerFormat.PNG) -> Sticker:
        sticker = Sticker(self.world.ids.next(), name, kind)
        self.world.guild.stickers[sticker.id] = sticker
        listed = [payloads.sticker(self.world, each) for each in self.world.guild.stickers.values()]
        self.world.tell("GUILD_STICKERS_UPDATE", {"guild_id": str(self.world.guild.id), "stickers": listed})
        return sticker
