"""Sounds without a codec: silent Ogg Opus for voice messages, and how long a sound that is handed in lasts. Sources:
RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 (an Opus packet that holds one frame of silence)."""

import base64
import hashlib
import struct

RATE = 48_000
FRAME = 960  # samples in 20 ms
SILENCE = b"\xf8\xff\xfe"
PACKETS_PER_PAGE = 50
BARS = 256  # Discord's client draws at most so many


def voice(seconds: float) -> bytes:
    """An Ogg Opus file of silence; players show its length and play nothing."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, RATE, 0, 0)
    name = b"practice"
    tags = b"OpusTags" + struct.pack("<I", len(name)) + name + struct.pack("<I", 0)
    pages = [page(0, 0, 2, [head]), page(1, 0, 0, [tags])]
    count = max(round(seconds * RATE / FRAME), 1)
    for first in range(0, count, PACKETS_PER_PAGE):
        packets = min(PACKETS_PER_PAGE, count - first)
        last = first + packets == count
        pages.append(page(len(pages), (first + packets) * FRAME, 4 if last else 0, [SILENCE] * packets))
    return b"".join(pages)


def page(number: int, samples: int, kind: int, packets: list[bytes]) -> bytes:
    """One Ogg page of packets under 255 bytes each. `kind` is 2 for the first page and 4 for the last."""
    sizes = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, kind, samples, 1, number, 0) + bytes([len(sizes)]) + sizes
    body = head + b"".join(packets)
    return body[:22] + struct.pack("<I", checksum(body)) + body[26:]


def checksum(data: bytes) -> int:
    """Ogg's CRC-32, which is not zlib's: nothing is reflected and nothing inverted."""
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFFFFFF) ^ TABLE[value >> 24 ^ byte]
    return value


def remainder(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


TABLE = [remainder(byte) for byte in range(256)]


def waveform(seconds: float, seed: str = "") -> str:
    """Heights of bars from 0 to 255, ten a second, in base64: what a voice message carries to be drawn."""
    count = min(max(round(seconds * 10), 1), BARS)
    digest = hashlib.shake_128(seed.encode()).digest(count)
    return base64.b64encode(digest).decode()


def duration_of(data: bytes) -> float | None:
    """Seconds of a WAV or Ogg Opus file; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE" and len(data) > 44:
        rate = int.from_bytes(data[28:32], "little")
        return round((len(data) - 44) / rate, 3) if rate else None
    if data[:4] == b"OggS" and b"OpusHead" in data[:64]:
        last = data.rfind(b"OggS")
        return round(int.from_bytes(data[last + 6 : last + 14], "little") / RATE, 3)
    return None
