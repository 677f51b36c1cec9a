"""The audience alone, over real sockets: a bare server whose connections it writes to."""

import asyncio
import socket

import pytest

from db.sanctions import Caller
from web import frames
from web.audience import BACKLOG_MAX, Audience

FILLER = {"type": "filler", "words": "x" * 60_000}


@pytest.fixture
async def connect():
    """Opens real connections; returns (the server's transport, the client's reader)."""
    accepted = asyncio.Queue()

    class Server(asyncio.Protocol):
        def connection_made(self, transport):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
            accepted.put_nowait(transport)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", 0)
    opened = []

    async def open_one():
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=2**24)
        opened.append(writer)
        return await accepted.get(), reader

    yield open_one
    for writer in opened:
        writer.transport.abort()
    server.close()


async def read_frames(reader, count):
    import json

    found = []
    async with asyncio.timeout(5):
        for _ in range(count):
            first, size = await reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            body = await reader.readexactly(size)
            found.append(json.loads(body) if first == frames.TEXT else int.from_bytes(body[:2], "big"))
    return found


def seated(audience, transport):
    seat = audience.join(transport, Caller(None))
    audience.welcome(seat, frames.encode({"type": "hello"}), audience.seq)
    return seat


async def test_what_is_told_within_one_turn_of_the_loop_leaves_in_one_write(connect):
    audience = Audience(0)
    transport, reader = await connect()
    seated(audience, transport)
    for number in range(10):
        audience.tell_all({"type": "t", "number": number})
    await asyncio.sleep(0.05)
    assert [frame.get("number") for frame in await read_frames(reader, 11)] == [None, *range(10)]


async def test_who_arrives_hears_what_was_told_before_their_hello_once_and_after_it(connect):
    audience = Audience(0)
    transport, reader = await connect()
    seat = audience.join(transport, Caller(None))
    for seq in (1, 2, 3):
        audience._wait_to_write(seq, frames.encode({"seq": seq}))
    await asyncio.sleep(0.01)
    audience.welcome(seat, frames.encode({"type": "hello"}), 2)
    audience._wait_to_write(4, frames.encode({"seq": 4}))
    assert await read_frames(reader, 3) == [{"type": "hello"}, {"seq": 3}, {"seq": 4}]


async def test_a_hello_that_knows_more_than_was_told_does_not_lead_to_repeats(connect):
    audience = Audience(0)
    transport, reader = await connect()
    seat = audience.join(transport, Caller(None))
    audience.welcome(seat, frames.encode({"type": "hello"}), 2)  # the database was ahead of the hub
    for seq in (1, 2, 3):
        audience._wait_to_write(seq, frames.encode({"seq": seq}))
        await asyncio.sleep(0.01)
    assert await read_frames(reader, 2) == [{"type": "hello"}, {"seq": 3}]


async def test_a_socket_that_does_not_read_is_closed_and_the_others_get_everything(connect):
    audience = Audience(0)
    stuck_transport, stuck_reader = await connect()
    stuck_reader._transport.pause_reading()
    transport, reader = await connect()
    seated(audience, stuck_transport)
    seated(audience, transport)
    largest = 0
    for number in range(100):
        audience.tell_all(FILLER | {"number": number})
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not stuck_transport.is_closing():
            largest = max(largest, stuck_transport.get_write_buffer_size())
        assert (await read_frames(reader, 1 if number else 2))[-1]["number"] == number
    assert len(audience) == 1
    assert largest < BACKLOG_MAX + 200_000, "a stuck socket's backlog is bounded"


async def test_a_slow_socket_that_reads_on_at_last_finds_out_why_it_was_closed(connect):
    audience = Audience(0)
    transport, reader = await connect()
    reader._transport.pause_reading()
    seated(audience, transport)
    told = 0
    while len(audience):
        audience.tell_all(FILLER)
        told += 1
        await asyncio.sleep(0.001)
    reader._transport.resume_reading()
    found = await read_frames(reader, told + 1)
    assert found[-1] == 1013, "one hello, all frames but the one that was too much, and the reason"


async def test_a_slow_socket_that_is_dismissed_on_arrival_does_not_silence_the_room(connect):
    audience = Audience(0)
    slow_transport, slow_reader = await connect()
    slow_reader._transport.pause_reading()
    transport, reader = await connect()
    seated(audience, transport)
    arriving = audience.join(slow_transport, Caller(None))
    audience.welcome(arriving, frames.encode({"type": "hello", "words": "x" * 400_000}), 20)
    assert await read_frames(reader, 1) == [{"type": "hello"}]
    for seq in range(1, 31):
        audience._wait_to_write(seq, frames.encode({"seq": seq, "words": "x" * 90_000}))
        assert (await read_frames(reader, 1))[0]["seq"] == seq
    assert len(audience) == 1


async def test_a_long_hello_on_a_slow_line_is_not_taken_for_backlog(connect):
    audience = Audience(0)
    transport, reader = await connect()
    reader._transport.pause_reading()
    seat = audience.join(transport, Caller(None))
    audience.welcome(seat, frames.encode({"type": "hello", "words": "x" * 1_500_000}), 0)
    audience.tell_all({"type": "news"})
    await asyncio.sleep(0.05)
    reader._transport.resume_reading()
    found = await read_frames(reader, 2)
    assert (found[0]["type"], found[1]["type"]) == ("hello", "news")
