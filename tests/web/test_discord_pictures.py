import aiohttp
import msgspec
import pytest
from aiohttp import web

from web import make_app
from web.discord_pictures import Pictures

PNG, WEBP = b"\x89PNG\r\n\x1a\n....", b"RIFF....WEBP"


@pytest.fixture
async def cdn(aiohttp_server):
    """A CDN that hands out one good emoji, and much that is not."""
    asked = []

    async def emoji(request):
        asked.append(request.match_info["name"])
        if request.match_info["name"].startswith("6"):
            raise web.HTTPFound("http://127.0.0.1:1/elsewhere")
        bodies = {"1.webp": WEBP, "2.webp": PNG, "3.png": b"<script>", "4.png": b"\x89PNG" + b"x" * 600_000}
        name = request.match_info["name"]
        return web.Response(body=bodies[name]) if name in bodies else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/emojis/{name}", emoji)
    app.router.add_get("/stickers/{name}", emoji)
    server = await aiohttp_server(app)
    server.asked = asked
    return server


@pytest.fixture
async def visitor(config, store, cdn, aiohttp_client):
    store.config = msgspec.structs.replace(
        config, discord=msgspec.structs.replace(config.discord, cdn_base=str(cdn.make_url("")))
    )
    async with aiohttp.ClientSession() as outbound:
        yield await aiohttp_client(make_app(store, outbound))


@pytest.mark.parametrize(("name", "kind"), [("1.webp", "image/webp"), ("2.webp", "image/png")])
async def test_an_emoji_is_handed_on_as_what_it_is(visitor, name, kind):
    answer = await visitor.get(f"/media/discord/emojis/{name}")
    assert (answer.status, answer.content_type) == (200, kind)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_emoji_is_fetched_once(visitor, cdn):
    for _ in range(3):
        await visitor.get("/media/discord/emojis/1.webp")
    assert cdn.asked == ["1.webp"]


@pytest.mark.parametrize("name", ["3.png", "4.png", "5.png", "6.png", "9" * 30 + ".png", "1.svg", "../1.png", "x.png"])
async def test_what_is_no_emoji_is_not_handed_on(visitor, name):
    answer = await visitor.get(f"/media/discord/emojis/{name}")
    assert answer.status == 404
    assert "<script>" not in await answer.text()


async def test_a_picture_of_a_person_is_the_same_for_ever_and_may_be_shown_elsewhere(visitor):
    first, again = [await (await visitor.get("/avatars/7.png")).read() for _ in range(2)]
    answer = await visitor.get("/avatars/8.png")
    assert first == again != await answer.read()
    assert first.startswith(b"\x89PNG")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_an_emoji_that_is_not_there_is_asked_for_once(visitor, cdn):
    for _ in range(3):
        assert (await visitor.get("/media/discord/emojis/5.png")).status == 404
    assert cdn.asked == ["5.png"]


@pytest.mark.usefixtures("in_one_moment")
async def test_nobody_makes_us_flood_discord(visitor, cdn):
    answers = [(await visitor.get(f"/media/discord/emojis/{number}.png")).status for number in range(100, 180)]
    assert answers.count(429) == 20
    assert len(cdn.asked) == 60
    assert (await visitor.get("/media/discord/emojis/101.png")).headers.get("Retry-After")


async def test_a_sticker_is_handed_on_like_an_emoji_and_a_lottie_one_is_not(visitor):
    answer = await visitor.get("/media/discord/stickers/1.webp")
    assert (answer.status, answer.content_type, await answer.read()) == (200, "image/webp", WEBP)
    assert [(await visitor.get(f"/media/discord/stickers/{name}")).status for name in ("1.json", "3.png")] == [404, 404]


def test_stickers_that_are_gifs_are_where_discord_has_them():
    at_discord = Pictures(None, "https://cdn.discordapp.com/")
    assert at_discord._address("stickers/1.gif") == "https://media.discordapp.net/stickers/1.gif"
    assert at_discord._address("stickers/1.png") == "https://cdn.discordapp.com/stickers/1.png"
    assert Pictures(None, "http://127.0.0.1:9")._address("stickers/1.gif") == "http://127.0.0.1:9/stickers/1.gif"
