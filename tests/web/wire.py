"""What tests of the site's sockets share."""

import asyncio
import json

import aiohttp
import pytest


class Socket:
    """Reads frames by type, so that a test says only what it waits for."""

    def __init__(self, ws):
        self.ws = ws

    async def next(self, *types, seconds=5.0):
        async with asyncio.timeout(seconds):
            while True:
                packet = await self.ws.receive()
                assert packet.type is aiohttp.WSMsgType.TEXT, packet
                frame = json.loads(packet.data)
                if frame["type"] in types:
                    return frame

    async def send(self, **frame):
        await self.ws.send_str(json.dumps(frame))

    async def say(self, content, nonce):
        await self.send(type="send", content=content, nonce=nonce)
        return await self.next("ack", "error")

    async def silent(self, *types, seconds=0.7):
        """Nothing of these types comes for a while."""
        with pytest.raises(TimeoutError):
            await self.next(*types, seconds=seconds)

    async def closed(self, seconds=5.0):
        async with asyncio.timeout(seconds):
            while (packet := await self.ws.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        return packet.data
