"""The tables of tests/web/test_permissions.py: what every route and every frame answers to whom.

One answer stands for everybody; else there is one for each of `CAST`. In a form `*` is the name of who is tried, and
what is in braces one of the places of its path. 303 is what worked, or the way to the log-in for who is no member.
"""

from tests.web.permissions import CAST

# route, form                                    nobody visitor member other blocked author owner
TABLE = """
GET  /                                           200
GET  /blog                                       200
GET  /blog/tags                                  200
GET  /blog/tags/{tag}                            200
GET  /blog/tags/{tag}/feed.rss                   200
GET  /blog/tags/{tag}/feed.atom                  200
GET  /blog/tags/{tag}/feed.json                  200
GET  /blog/archive/{year:\\d{4}}                 200
GET  /blog/preview/{token}                       404
GET  /blog/{slug}                                200
POST /blog/{slug}/like                           303
POST /blog/{slug}/comments content=hello&name=Grace  303
GET  /blog/{slug}/comments.atom                  200
GET  /blog/{slug}/comments/{id:\\d+}             200
POST /blog/{slug}/comments/{id:\\d+}/like        303
POST /blog/{slug}/comments/{id:\\d+}/remove    404 404 404 404 404 404 303
GET  /comments/{id:\\d+}                         404 404 200 404 404 404 200
POST /comments/{id:\\d+}/edit content=x          404 404 303 404 404 404 404
POST /comments/{id:\\d+}/delete                  404 404 303 404 404 404 404
POST /comments/{id:\\d+}/decide decision=approve 404 404 404 404 404 404 303
GET  /feed.rss                                   200
GET  /feed.atom                                  200
GET  /feed.json                                  200
GET  /search                                     200
GET  /privacy                                    200
GET  /projects                                   200
GET  /projects/{picture:.+}                      404
GET  /hangout                                    200
POST /hangout content=hello                      422 303 303 303 303 303 303
POST /hangout/join name=Grace                    303 303 422 422 422 422 422
POST /hangout/leave                              303
GET  /hangout/messages/{id:\\d+}                  200
POST /hangout/messages/{id:\\d+}/edit content=x   422 403 303 403 403 403 403
POST /hangout/messages/{id:\\d+}/delete           422 403 303 403 403 403 403
POST /hangout/messages/{id:\\d+}/remove          404 404 404 404 404 404 303
POST /hangout/messages/{id:\\d+}/react emoji=👍   422 303 303 303 303 303 303
GET  /blog/{slug}/card.png                       200
GET  /cards/{name:[a-z][a-z0-9_]{0,31}}/{picture:[0-9a-f]{32}}.{ext:webp|png|jpeg}  404
GET  /cases                                      200
POST /cases/read upto=1                          303
GET  /chats                                      303 303 200 200 200 200 200
POST /chats/requests to=the-member&message=hi    303 303 422 303 303 303 303
POST /chats/requests/{id:\\d+} answer=accept      303 303 303 404 404 404 404
GET  /chats/{room:\\d+}                           303 303 200 404 404 404 404
POST /chats/{room:\\d+} content=hello             303 303 303 404 404 404 404
GET  /chats/{room:\\d+}/messages/{id:\\d+}         303 303 200 404 404 404 404
POST /chats/{room:\\d+}/messages/{id:\\d+}/edit content=x   303 303 303 404 404 404 404
POST /chats/{room:\\d+}/messages/{id:\\d+}/delete  303 303 303 404 404 404 404
POST /chats/{room:\\d+}/messages/{id:\\d+}/react emoji=👍   303 303 303 404 404 404 404
POST /chats/{room:\\d+}/read seq=1                303 303 303 404 404 404 404
GET  /chats/{room:\\d+}/seen.gif seq=1            303 303 200 404 404 404 404
GET  /chats/{room:\\d+}/leave                     303 303 200 404 404 404 404
POST /chats/{room:\\d+}/leave                     303 303 303 404 404 404 404
POST /chats/{room:\\d+}/block                     303 303 303 404 404 404 404
POST /chats/{room:\\d+}/report messages={id}      303 303 303 404 404 404 404
POST /settings/blocks/{username}/remove          303 303 303 404 404 404 404
GET  /people                                     303 303 200 200 200 200 200
GET  /people/{username}                          200
GET  /report/thanks                              200
GET  /report/{kind:message|comment|profile}/{id:\\d+}  200
POST /report/{kind:message|comment|profile}/{id:\\d+} reason=rude  303 303 422 303 303 303 303
GET  /settings                                   303 303 200 200 200 200 200
POST /settings/profile name=Grace                303
POST /settings/picture                           303
POST /settings/picture/remove                    303
POST /settings/privacy may_ask=nobody            303
POST /settings/password new=kettle-umbrella-47   303
POST /settings/sessions/end                      303
POST /settings/sessions/{id:\\d+}/end             303 303 303 404 404 404 404
GET  /settings/data                              303 303 200 200 200 200 200
POST /settings/deletion username=the-*           303 303 303 303 303 303 403
GET  /register                                   200 200 303 303 303 303 303
POST /register name=Grace                        303
GET  /login                                      200 200 303 303 303 303 303
POST /login username=grace                       422 422 303 303 303 303 303
POST /logout                                     303
GET  /forgotten                                  200
POST /forgotten username=the-member              303
GET  /auth/discord                               303
GET  /auth/discord/callback                      422
GET  /auth/link/{token:[A-Za-z0-9_-]{43}}        200
POST /auth/link/{token:[A-Za-z0-9_-]{43}}        303
POST /settings/discord/unlink                    303 303 422 422 422 422 422
GET  /ws/hangout                                 400
GET  /ws/rooms/{id:\\d+}                          404 404 400 404 404 404 404
GET  /ws/blog/{slug}                             400
GET  /ws/cards                                   400
GET  /ws/me                                      404 404 400 400 400 400 400
GET  /api/v1/rooms/hangout/messages              200
GET  /api/v1/rooms/{id:\\d+}/messages             404 404 200 404 404 404 404
GET  /avatars/{person_id:\\d+}.png                200
POST /media                                      422 201 201 201 201 201 201
GET  /media/{id:[A-Za-z0-9_-]{22}}/{name:full|\\d{1,5}}.{ext:png|jpg|webp|gif}  404 404 200 404 404 404 404
POST /media/{id:[A-Za-z0-9_-]{22}}/alt alt=words 422 404 200 404 404 404 404
GET  /media/discord/emojis/{id:\\d+}.{ext:png|gif|webp}  404
GET  /media/discord/stickers/{id:\\d+}.{ext:png|gif|webp}  404
GET  /media/discord/files/{message_id:\\d{1,19}}/{attachment_id:\\d{1,19}}/{name:[^/]+}  404
GET  /write                                      303 303 404 404 404 200 200
POST /write title=Kettles                        404 404 404 404 404 303 303
POST /write/preview body=hello                   404 404 404 404 404 200 200
GET  /write/{id:\\d+}                            404 404 404 404 404 200 200
POST /write/{id:\\d+} title=Kettles&body=sing    404 404 404 404 404 303 303
POST /write/{id:\\d+}/pictures                   404 404 404 404 404 422 422
GET  /write/{id:\\d+}/history                    404 404 404 404 404 200 200
POST /write/{id:\\d+}/history number=1           404 404 404 404 404 303 303
GET  /write/{id:\\d+}/delete                     404 404 404 404 404 200 200
POST /write/{id:\\d+}/delete                     404 404 404 404 404 303 303
GET  /stats                                      303 303 404 404 404 404 200
GET  /stats.csv                                  303 303 404 404 404 404 200
GET  /stats.json                                 303 303 404 404 404 404 200
POST /theme theme=dark                           303
GET  /static/{path:.+}                           200
GET  /seen.svg                                   200
GET  /favicon.ico                                200
GET  /robots.txt                                 200
GET  /humans.txt                                 200
GET  /sitemap.xml                                200
GET  /sitemap-{after:\\d{1,18}}.xml              404
GET  /healthz                                    200
GET  /readyz                                     200
GET  /{slug:[A-Za-z0-9-]{1,100}}                 200
GET  /{path:.+}/                                 301
"""

# path of the socket, frame                      nobody visitor member other blocked author owner
FRAMES = """
/ws/hangout send     not_joined ack ack ack ack ack ack
/ws/hangout edit     not_joined not_yours ack not_yours not_yours not_yours not_yours
/ws/hangout delete   not_joined not_yours ack not_yours not_yours not_yours not_yours
/ws/hangout react    not_joined ack ack ack ack ack ack
/ws/hangout unreact  not_joined ack ack ack ack ack ack
/ws/hangout typing   nothing typing_start typing_start typing_start typing_start typing_start typing_start
/ws/hangout ping     pong
/ws/rooms/{id:\\d+} send     404 404 ack 404 404 404 404
/ws/rooms/{id:\\d+} edit     404 404 ack 404 404 404 404
/ws/rooms/{id:\\d+} delete   404 404 ack 404 404 404 404
/ws/rooms/{id:\\d+} react    404 404 ack 404 404 404 404
/ws/rooms/{id:\\d+} unreact  404 404 ack 404 404 404 404
/ws/rooms/{id:\\d+} typing   404 404 typing_start 404 404 404 404
/ws/rooms/{id:\\d+} read     404 404 read 404 404 404 404
/ws/rooms/{id:\\d+} ping     404 404 pong 404 404 404 404
/ws/blog/{slug} ping pong
/ws/cards ping       pong
/ws/me ping          404 404 pong pong pong pong pong
"""


class Row:
    """One line of a table: `key` names the route or the frame, `form` what is sent along."""

    def __init__(self, line: str) -> None:
        first, second, *rest = line.split()
        self.key = (first, second)
        self.form = dict(pair.split("=") for pair in rest.pop(0).split("&")) if rest and "=" in rest[0] else {}
        self.answers = dict(zip(CAST, rest * len(CAST) if len(rest) == 1 else rest, strict=True))


ROWS = [Row(line) for line in TABLE.strip().splitlines()]
FRAME_ROWS = [Row(line) for line in FRAMES.strip().splitlines()]
ROOM_ROWS = [row for row in ROWS if "{room" in row.key[1] or "/rooms/{" in row.key[1]]
MESSAGE_ROWS = [row for row in ROWS if "/messages/{id" in row.key[1] and row.answers["member"] != "404"]
