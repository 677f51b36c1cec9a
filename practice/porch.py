"""The Porch: the one guild of the practice Discord. Its ids are fixed, so that a program with a memory of its own finds
the same guild, channels and people after the practice Discord was started again."""

from datetime import UTC, datetime

from practice import permissions
from practice.model import (
    Application,
    Channel,
    ChannelType,
    Emoji,
    Guild,
    Member,
    Overwrite,
    Role,
    Sticker,
    StickerFormat,
    User,
)

TOKEN = "practice-token-for-this-machine-only"  # noqa: S105 - it opens nothing but this stand-in
CLIENT_SECRET = "practice-secret-for-this-machine-only"  # noqa: S105 - likewise
GUILD = 1100000000000000000
HANGOUT = 1100000000000000101
GENERAL = 1100000000000000102
MOD = 1100000000000000103
NEWS = 1100000000000000104
COMMENTS = 1100000000000000105
APPLICATION = 1100000000000000200
BOT = APPLICATION
OWNER = 1100000000000000301
MEMBERS = {"Mika": 1100000000000000302, "Juniper": 1100000000000000303, "Teo": 1100000000000000304}
BOT_ROLE = 1100000000000000401
KEEPERS = 1100000000000000402
EMOJI = 1100000000000000501
STICKERS = {
    1100000000000000601: ("warm cocoa", StickerFormat.PNG),
    1100000000000000602: ("blinking lamp", StickerFormat.APNG),
    1100000000000000603: ("moth", StickerFormat.LOTTIE),
    1100000000000000604: ("rocking chair", StickerFormat.GIF),
}
FIRST_DAY = datetime(2024, 5, 1, 18, 0, tzinfo=UTC)

GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT

GREETINGS = (
    ("Robin", "The kettle is on. Pull up a chair, whoever is out there."),
    ("Mika", "I can see the porch light from here <:lamp:1100000000000000501>"),
    ("Juniper", "Hello hello! Is this the room that is also a website?"),
    ("Robin", "It is. What we say here is said over there as well."),
    ("Teo", "Then **good evening**, website."),
)


def guild() -> Guild:
    people = {"Robin": OWNER, **MEMBERS}
    users = [User(number, name.lower(), name, avatar=f"{number:032x}") for name, number in people.items()]
    members = {user.id: Member(user, [], FIRST_DAY) for user in users}
    bot = User(BOT, "Porchlight", avatar=f"{BOT:032x}", bot=True)
    members[BOT] = Member(bot, [BOT_ROLE], FIRST_DAY)
    roles = {
        GUILD: Role(GUILD, "@everyone", permissions.EVERYONE, 0),
        BOT_ROLE: Role(BOT_ROLE, "Porchlight", permissions.BOT, 2, managed=True, color=0xE8A33D),
        KEEPERS: Role(KEEPERS, "Keepers", permissions.EVERYONE | permissions.MODERATE_MEMBERS, 1, color=0x7FB069),
    }
    stickers = {number: Sticker(number, name, kind) for number, (name, kind) in STICKERS.items()}
    return Guild(GUILD, "The Porch", OWNER, members, roles, {EMOJI: Emoji(EMOJI, "lamp")}, stickers, HANGOUT)


def channels() -> list[Channel]:
    seeing = [Overwrite(role, 0, permissions.VIEW_CHANNEL) for role in (KEEPERS, BOT_ROLE)]
    hidden = [Overwrite(GUILD, 0, deny=permissions.VIEW_CHANNEL), *seeing]
    return [
        Channel(HANGOUT, ChannelType.TEXT, "hangout", GUILD, 0, "One room with the website."),
        Channel(GENERAL, ChannelType.TEXT, "general", GUILD, 1, "Everything else."),
        Channel(MOD, ChannelType.TEXT, "mod", GUILD, 2, "For those who keep the peace.", overwrites=hidden),
        Channel(NEWS, ChannelType.TEXT, "news", GUILD, 3, "What is new on the website."),
        Channel(COMMENTS, ChannelType.FORUM, "comments", GUILD, 4, "What readers say about the posts on the website."),
    ]


def application(token: str) -> Application:
    return Application(APPLICATION, "Porchlight", OWNER, token, PRIVILEGED)
