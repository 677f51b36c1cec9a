"""Where authors write: /write, the list of their posts, and the editor of each. Everything here works without
JavaScript; with it, the editor's scripts use the same forms and ask for JSON.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from db import media, posts
from db.errors import NotFound, Refused
from db.people import Person
from db.posts import BadDraft, Draft, Post

from . import _drafting, _editor, keys, pages
from ._members import member
from ._typed import PATIENCE, Typed, read_form, reading_pictures
from .allowances import allow
from .errors import wants_json
from .hall import whole_number
from .uploads import PATIENCE as UPLOAD_PATIENCE

PAGE, PAGES_MAX = 100, 10_000
STATES = (
    ("draft", "Drafts"),
    ("scheduled", "Scheduled"),
    ("published", "Published"),
    ("unlisted", "Not in the lists"),
)


async def show(request: web.Request) -> web.Response:
    """GET /write: what one may change, by its state, what was saved last first; `?page=2` goes on."""
    await member(request)  # an author's rights may have ended their session: here they find the way back in
    return await _list(request, await _drafting.writer(request))


async def begin(request: web.Request) -> web.Response:
    """POST /write: a new draft with this `title`, and then its editor."""
    person = await _drafting.writer(request)
    form = await request.post()
    title = str(form.get("title", ""))
    try:
        draft = Draft(title=title, body="")
        post = await posts.create(request.app[keys.STORE], person, draft, datetime.now(UTC), source="web")
    except Refused as refusal:
        return await _list(request, person, title, refusal)
    raise web.HTTPSeeOther(pages.url_for(request.app, "write.edit", {"id": post.id, "done": "begun"}))


async def edit(request: web.Request) -> web.Response:
    """GET /write/{id}"""
    person, post = await _drafting.own_post(request)
    return await _editor.page(request, person, post)


@allow(patience=PATIENCE, reads_body=True)
async def save(request: web.Request) -> web.Response:
    """POST /write/{id}: what was typed, the revision `seen` that it began with, and what to do as `act`: `save`,
    `autosave`, `preview`, `publish`, `schedule` (with `at`), `unlist` or `unpublish`.
    """
    typed = await read_form(request)
    try:
        person, post = await _drafting.own_post(request)
    except NotFound:
        return await _editor.kept(request, typed)
    if typed.get("act") == "preview":
        return await _drawn(request, person, post, typed)
    return await _keep(request, person, post, typed)


@allow(patience=PATIENCE, reads_body=True)
async def preview(request: web.Request) -> web.Response:
    """POST /write/preview: a `body`, drawn as readers would see it. Keeps nothing."""
    person = await _drafting.writer(request)
    typed = await read_form(request)
    drawn = await posts.preview(request.app[keys.STORE], person, typed.get("body", ""))
    return web.json_response({"html": drawn.html, "words": drawn.words})


@allow(patience=UPLOAD_PATIENCE, reads_body=True)
async def picture(request: web.Request) -> web.Response:
    """POST /write/{id}/pictures: the whole form with a `picture` for the text or a `cover_file`. The pictures are kept,
    and what was typed comes back with them, to be saved.
    """
    person, post = await _drafting.own_post(request)
    async with reading_pictures(request, person) as typed:
        seen = whole_number(typed.fields.get("seen"))
        try:
            note = await _bring(request, person, typed)
        except Refused as refusal:
            field = "cover" if "cover_file" in typed.pictures else "picture"
            return await _editor.refused(request, person, post, typed.fields, refusal, seen, field)
    return await _editor.page(request, person, post, typed=typed.fields, seen=seen, note=note)


async def deleting(request: web.Request) -> web.Response:
    """GET /write/{id}/delete: asks once more."""
    _, post = await _drafting.own_post(request)
    return await pages.render(request, "write/deleting.html", {"post": post})


async def delete(request: web.Request) -> web.Response:
    """POST /write/{id}/delete"""
    person, post = await _drafting.own_post(request)
    await posts.delete(request.app[keys.STORE], person, post.id, datetime.now(UTC))
    raise web.HTTPSeeOther(pages.url_for(request.app, "write.show", {"done": "deleted"}))


async def _list(request: web.Request, person: Person, title: str = "", refusal: Refused | None = None) -> web.Response:
    page = max(1, min(whole_number(request.query.get("page")) or 1, PAGES_MAX))
    pool = request.app[keys.STORE].pool
    entries = await posts.drafts_of(pool, person, limit=PAGE + 1, offset=(page - 1) * PAGE)
    context = {
        "shelves": [(words, [one for one in entries[:PAGE] if one.state == state]) for state, words in STATES],
        "older": page + 1 if len(entries) > PAGE else 0,
        "owner": person.owner,
        "title": title,
        "problem": refusal.sentence if refusal else "",
        "done": request.query.get("done", ""),
    }
    return await pages.render(request, "write/show.html", context, refusal.status if refusal else 200)


async def _drawn(request: web.Request, person: Person, post: Post, typed: Mapping[str, str]) -> web.Response:
    seen = whole_number(typed.get("seen"))
    try:
        drawn = await posts.preview(request.app[keys.STORE], person, typed.get("body", ""))
    except Refused as refusal:
        return await _editor.refused(request, person, post, typed, refusal, seen)
    return await _editor.page(request, person, post, typed=typed, seen=seen, drawn=drawn.html)


async def _keep(request: web.Request, person: Person, post: Post, typed: Mapping[str, str]) -> web.Response:
    store, now = request.app[keys.STORE], datetime.now(UTC)
    seen, act = whole_number(typed.get("seen")), typed.get("act", "save")
    try:
        at = _drafting.time_of(typed.get("at", ""), _drafting.zone_of(request), now) if act == "schedule" else None
        draft = _drafting.draft_of(typed, post)
        if act in {"publish", "schedule"} or (act == "save" and post.state != "draft"):
            _drafting.check_cover(draft)
        saved = await posts.save(
            store, person, post.id, draft, now, source="web", seen=seen, by_itself=act == "autosave"
        )
        seen = saved.revision  # so far it is kept, whatever comes of the rest
        saved = await _act(request, person, saved, act, now, at)
    except Refused as refusal:
        return await _editor.refused(request, person, post, typed, refusal, seen)
    if wants_json(request):
        return web.json_response({"revision": saved.revision, "state": saved.state, "slug": saved.slug})
    raise web.HTTPSeeOther(pages.url_for(request.app, "write.edit", {"id": post.id, "done": act}))


async def _act(request: web.Request, person: Person, post: Post, act: str, now: datetime, at: datetime | None) -> Post:
    """What else shall be done with it, now that it is saved."""
    store = request.app[keys.STORE]
    if act in {"publish", "schedule"}:
        return await posts.publish(store, person, post.id, now, at=at)
    if act == "unlist":
        return await posts.unlist(store, person, post.id, now)
    if act == "unpublish":
        return await posts.unpublish(store, person, post.id, now)
    return post


async def _bring(request: web.Request, person: Person, typed: Typed) -> str:
    """Keeps the pictures and puts them where they belong. Returns what to say about it."""
    store, now, fields = request.app[keys.STORE], datetime.now(UTC), typed.fields
    if not typed.pictures:
        raise BadDraft("picture", "Please choose a picture first.")
    if path := typed.pictures.get("cover_file"):
        fields["cover"] = (await media.add(store, person, path, "", now)).id
    if path := typed.pictures.get("picture"):
        alt = media.check_alt(fields.get("picture_alt", ""))
        if not alt:
            raise BadDraft("picture", "Please say what the picture shows, for those who cannot see it.")
        kept = await media.add(store, person, path, "", now)
        words = alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        fields["body"] = f"{fields.get('body', '').rstrip()}\n\n![{words}]({kept.url})\n".lstrip()
        fields["picture_alt"] = ""
    return "The picture is there. What you have typed is not saved yet."
