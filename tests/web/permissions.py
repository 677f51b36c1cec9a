"""Who is tried in tests/web/test_permissions.py, and what there is for them to reach."""

import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient

from db import chats, comments, links, media, messages, people, posts, sessions
from db.comments import Comment
from db.limits import Limits
from db.people import Person
from db.posts import Post
from db.store import Store
from tests import pictures
from tests.members import chat_between
from tests.members import member as new_member
from tests.posted import a_post

# In this order they stand in the tables. `member` is whose things are tried, `other` a stranger to them, and `blocked`
# somebody whom they keep away. The chats that are tried are the member's with a friend, who is new in each.
CAST = ("nobody", "visitor", "member", "other", "blocked", "author", "owner")
ROOM = 1


class Scene:
    """The house with everybody in it."""

    def __init__(self, store: Store, client: TestClient) -> None:
        self.store = store
        self.client = client
        self.people: dict[str, Person] = {}

    async def gather(self) -> None:
        pool, now = self.store.pool, datetime.now(UTC)
        for name in CAST[1:]:
            role = {"visitor": "visitor", "author": "author"}.get(name, "member")
            row = await pool.fetchrow(
                f"insert into people (name, username, role, owner) values ($1, $2, $3, $4) returning {people.COLUMNS}",
                name.title(),
                None if role == "visitor" else f"the-{name}",
                role,
                name == "owner",
            )
            person = self.people[name] = people.from_row(row)
            if person.is_member:
                await pool.execute("insert into accounts (person_id, created_at) values ($1, $2)", person.id, now)
        await pool.execute(
            "insert into blocks values ($1, $2, $3)", self.people["member"].id, self.people["blocked"].id, now
        )

    async def enter(self, name: str) -> dict[str, str]:
        """A fresh session for this one, whom no pace holds up; returns the headers of their requests."""
        self.store.limits = Limits()
        if name == "nobody":
            return {}
        token = sessions.new_token()
        await sessions.add(
            self.store.pool,
            sessions.hash_token(token),
            self.people[name].id,
            {},
            datetime.now(UTC) - timedelta(hours=1),
        )
        return {"Cookie": f"session={token}"}

    async def message(self, room_id: int = ROOM) -> messages.Message:
        """Something that the member has just said, in the hangout or a chat."""
        self.store.limits = Limits()
        nonce = secrets.token_hex(8)
        return await messages.say(
            self.store, room_id, self.people["member"], "mine", nonce, datetime.now(UTC), network=nonce
        )

    async def friend(self) -> Person:
        """Somebody whom the member has never heard of."""
        return await new_member(self.store, f"friend-{secrets.token_hex(4)}")

    async def room(self) -> int:
        """A chat of the member's, where the friend has said hello."""
        return await chat_between(self.store, await self.friend(), self.people["member"], datetime.now(UTC))

    async def request(self) -> int:
        """A request for a chat that waits for the member's answer."""
        return (await chats.ask(self.store, await self.friend(), "the-member", "hello", datetime.now(UTC))).id

    async def session(self) -> int:
        """Another browser of the member's."""
        await self.enter("member")
        [latest, *_] = await sessions.of_person(self.store.pool, self.people["member"].id, datetime.now(UTC))
        return latest.id

    async def link(self) -> str:
        """One that leads to a new password of the member's."""
        member, life = self.people["member"], timedelta(minutes=5)
        return await links.make(self.store, member.id, "password", datetime.now(UTC), life)

    async def draft(self) -> int:
        """What only the author and the owner know of."""
        draft, now = posts.Draft("On kettles", "They sing."), datetime.now(UTC)
        return (await posts.create(self.store, self.people["author"], draft, now, source="web")).id

    async def picture(self, room_id: int | None = None) -> media.Media:
        """One that the member has just brought, and used in this room if there is one."""
        member, now = self.people["member"], datetime.now(UTC)
        with tempfile.NamedTemporaryFile() as place:
            place.write(pictures.still())
            place.flush()
            one = await media.add(self.store, member, Path(place.name), "", now)
        if room_id is not None:
            self.store.limits = Limits()
            await messages.say(self.store, room_id, member, "", one.id, now, network=one.id, media=[one.id])
        return one

    async def post(self, kind: str = "post") -> Post:
        """Something that the author has written, and everybody may read."""
        slug = f"written-{secrets.token_hex(4)}"
        return await a_post(self.store, self.people["author"], slug, kind=kind, tags=["tests"])

    async def comment(self, post: Post) -> Comment:
        """What the member has just written below this post, and what waits."""
        self.store.limits = Limits()
        now, words = datetime.now(UTC), secrets.token_hex(8)
        return await comments.post(
            self.store, self.people["member"], post, words, words, now, network="", trap=comments.Trap()
        )

    async def said_below(self) -> tuple[Post, int]:
        """A post, and a comment that everybody may read there."""
        post = await self.post()
        comment = await comments.decide(self.store, (await self.comment(post)).id, "approve", None, datetime.now(UTC))
        assert comment.message_id
        return post, comment.message_id

    async def places(self, path: str) -> dict[str, str]:
        """What to put into the braces of a path: things of the member's, or where that cannot be anything that fits."""
        if path.startswith(("/chats/{room", "/ws/rooms/", "/api/v1/rooms/{id")):
            return await self.places_of(await self.room(), path)
        if path.startswith("/media/{id"):
            one = await self.picture()
            return {"id": one.id, "name": "full", "ext": one.ext}
        if path.startswith("/blog/{slug}/comments/"):
            post, message_id = await self.said_below()
            return {"slug": post.slug, "id": str(message_id)}
        if path.startswith(("/blog", "/ws/blog", "/{slug")):
            post = await self.post("page" if path.startswith("/{slug") else "post")
            return {"slug": post.slug, "tag": "tests", "year": f"{post.created_at.year}", "token": "none"}
        if path.startswith("/auth/link/"):
            return {"token": await self.link()}
        fitting = {"username": "the-blocked" if "/blocks/" in path else "the-member", "path": "base.css", "after": "5"}
        fitting |= {
            "person_id": str(self.people["member"].id),
            "name": "notes.txt",
            "ext": "png",
            "picture": "none.png",
            "kind": "message",
        }
        return {**fitting, "id": str(await self.number(path)), "message_id": "5", "attachment_id": "5"}

    async def number(self, path: str) -> int:
        """The `id` in this path."""
        if path.startswith(("/hangout/messages/", "/report/")):
            return (await self.message()).id
        if path.startswith("/chats/requests/"):
            return await self.request()
        if path.startswith("/comments/"):
            return (await self.comment(await self.post())).id
        if path.startswith("/write/"):
            return await self.draft()
        return await self.session() if path.startswith("/settings/sessions/{id") else 5

    async def places_of(self, room_id: int, path: str) -> dict[str, str]:
        """The same for a path that names a room: this one, and something that the member has just said there."""
        if "{room" not in path:
            return {"id": str(room_id)}
        return {"room": str(room_id), "id": str((await self.message(room_id)).id)}
