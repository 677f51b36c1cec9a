"""No key of a source gets out, whatever the service does with it: into no log line, and into nothing about an error."""

import asyncio
import logging
import traceback
from base64 import b64encode

import pytest

from cogs.integrations._outbound import SourceFailed
from practice.sources import Fault

KEY = "k3y-that-nobody-may-see"
WRITTEN = (KEY, b64encode(KEY.encode()).decode())
KEYS = {"lastfm": "api_key", "wakatime": "api_key", "github": "token"}
NOBODY = "http://127.0.0.1:1/nobody"


def all_about(error):
    """What a log, a traceback or a careless print could tell of it."""
    told = []
    while error:
        told += [repr(error), str(error), repr(vars(error)), *traceback.format_exception(error, chain=False)]
        error = error.__cause__ or error.__context__
    return "".join(told)


def leaked(text):
    return [key for key in WRITTEN if key in text]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=202),
        Fault(status=302, headers={"Location": f"http://127.0.0.1:1/?api_key={KEY}"}),
        Fault(status=403, body='{"error": 10, "message": "no"}'),
        Fault(status=429, headers={"Retry-After": KEY}),
        Fault(status=500, body=KEY),
        Fault(body=f"garbage {KEY}"),
        Fault(body=f'{{"{KEY}": []}}'),
        Fault(cut=True),
        Fault(delay=0.4),
        Fault(headers={"Content-Encoding": "gzip"}, body="no gzip"),
        Fault(headers={"Set-Cookie": f"a={KEY}; Domain=??"}),
    ],
    ids=range(11),
)
@pytest.mark.parametrize("name", KEYS)
async def test_no_key_is_in_any_log_line_nor_in_anything_about_the_error(desk, caplog, name, fault):
    caplog.set_level(logging.DEBUG)
    desk.seconds = 0.2
    desk.faults.always[name] = fault
    with pytest.raises(SourceFailed) as failed:
        await desk.ask(name, **{KEYS[name]: KEY})
    assert leaked(all_about(failed.value) + caplog.text + repr(desk.outbound(name))) == []


@pytest.mark.parametrize("name", KEYS)
async def test_nor_when_there_is_nobody_or_somebody_who_speaks_another_language(desk, caplog, name):
    """The client's own errors hold the whole address then."""
    caplog.set_level(logging.DEBUG)

    async def babble(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        other = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        for base, sentence in ((NOBODY, "reached"), (other, "read")):
            desk.known.clear()
            desk.sections[name] = desk.settings(name, base_url=base)
            with pytest.raises(SourceFailed, match=sentence) as failed:
                await desk.ask(name, **{KEYS[name]: KEY})
            assert leaked(all_about(failed.value) + caplog.text) == []
