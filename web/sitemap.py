"""What machines ask for that read the whole site: /sitemap.xml with every page that is to be found, and /robots.txt."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from aiohttp import web

from db import posts
from db.errors import NotFound
from db.posts import Entry
from db.version import VERSION

from . import _blog_pages, days, keys, pages, sheets
from .sheets import Drawn

FILE_MAX = 5000  # addresses in one file; the protocol lets it be 50,000
XML = "application/xml; charset=utf-8"
BEGIN = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
INDEX_PAGES = ("home.show", "blog.list", "projects.show", "hangout.show", "privacy.show")
HUMANS = """/* WHO */
{owner} lives here: {home}/

/* WITH */
Porchlight {version}, in Python. Pixels drawn by hand.
"""


async def show(request: web.Request) -> web.Response:
    """GET /sitemap.xml: all addresses, or where there are too many for one file, the list of the files."""
    app = request.app

    async def make() -> Drawn:
        pool, now = app[keys.STORE].pool, datetime.now(UTC)
        marks = await posts.sitemap_marks(pool, now, FILE_MAX)
        text = _list_of_files(app, marks) if len(marks) > 1 else await _file(app, 0, now)
        return Drawn(text.encode(), XML)

    return sheets.answer(request, await app[keys.SHELF].find(("sitemap.show",), make))


async def part(request: web.Request) -> web.Response:
    """GET /sitemap-{after}.xml: one of the files, with the posts after that id."""
    app, after = request.app, int(request.match_info["after"])

    async def make() -> Drawn:
        pool, now = app[keys.STORE].pool, datetime.now(UTC)
        if after not in await posts.sitemap_marks(pool, now, FILE_MAX):
            raise NotFound
        return Drawn((await _file(app, after, now)).encode(), XML)

    return sheets.answer(request, await app[keys.SHELF].find(("sitemap.part", after), make))


def _list_of_files(app: web.Application, marks: Iterable[int]) -> str:
    home = app[keys.CONFIG].public_url
    files = "".join(f"<sitemap><loc>{home}/sitemap-{after}.xml</loc></sitemap>\n" for after in marks)
    return f"{BEGIN}<sitemapindex {NAMESPACES.split(maxsplit=1)[0]}>\n{files}</sitemapindex>\n"


async def _file(app: web.Application, after: int, now: datetime) -> str:
    """The first one also has the pages that lead to the others."""
    pool = app[keys.STORE].pool
    entries = await posts.sitemap(pool, now, after, FILE_MAX)
    pictures = await posts.sitemap_pictures(pool, [entry.id for entry in entries])
    index = await _index_pages(app, now) if after == 0 else []
    lines = [*index, *await asyncio.to_thread(lambda: list(_posts(app, entries, pictures)))]
    return f"{BEGIN}<urlset {NAMESPACES}>\n" + "\n".join(lines) + "\n</urlset>\n"


async def _index_pages(app: web.Application, now: datetime) -> list[str]:
    pool, zone = app[keys.STORE].pool, app[keys.CONFIG].site.timezone
    paths = [pages.url_for(app, name, {}) for name in INDEX_PAGES]
    paths += [pages.url_for(app, "blog.tag", {"tag": one.name}) for one in await posts.tags(pool, now)]
    paths += [pages.url_for(app, "blog.archive", {"year": one.year}) for one in await posts.years(pool, now, zone=zone)]
    return [_line(app, path) for path in paths]


def _posts(app: web.Application, entries: Iterable[Entry], pictures: Mapping[int, list[str]]) -> Iterator[str]:
    for entry in entries:
        yield _line(app, _blog_pages.path_of(app, entry), days.iso(entry.updated_at), pictures.get(entry.id, ()))


def _line(app: web.Application, path: str, changed: str = "", pictures: Iterable[str] = ()) -> str:
    home = app[keys.CONFIG].public_url
    inside = f"<loc>{escape(home + path)}</loc>"
    inside += f"<lastmod>{changed}</lastmod>" if changed else ""
    inside += "".join(
        f"<image:image><image:loc>{escape(home + picture)}</image:loc></image:image>" for picture in pictures
    )
    return f"<url>{inside}</url>"


async def robots(request: web.Request) -> web.Response:
    """GET /robots.txt"""
    home = request.app[keys.CONFIG].public_url
    shut = "\n".join(f"Disallow: {path}" for path in ("/api/", "/ws/", "/search", "/blog/preview/", "/auth/"))
    text = f"User-agent: *\n{shut}\n\nSitemap: {home}/sitemap.xml\n"
    return web.Response(text=text, headers={"Cache-Control": "public, max-age=86400"})


async def humans(request: web.Request) -> web.Response:
    """GET /humans.txt"""
    config = request.app[keys.CONFIG]
    text = HUMANS.format(owner=config.site.owner_name or config.site.name, home=config.public_url, version=VERSION)
    return web.Response(text=text, headers={"Cache-Control": "public, max-age=86400"})
