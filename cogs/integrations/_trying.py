"""The doctor's questions: each source once, all at the same time, and nothing of what they answer is kept."""

import asyncio
from collections.abc import Iterable

import aiohttp

from db.cards import Snapshot
from db.config import Config

from ._asking import as_failure
from ._engine import sources
from ._outbound import Outbound, StillComputing, agent_of
from ._wire import asking

PATIENCE = 6.0  # seconds for each of them
SILENT = f"There was no answer within {PATIENCE:.0f} seconds."


async def tried(config: Config, names: Iterable[str]) -> dict[str, str]:
    """What came of it, in the source's own sentence; empty for one that gave a good answer, or is still computing."""
    asked = list(names)
    async with asking() as session:
        told = await asyncio.gather(*(_ask(config, session, name) for name in asked))
    return dict(zip(asked, told, strict=True))


async def _ask(config: Config, session: aiohttp.ClientSession, name: str) -> str:
    settings, found = config.sources[name], sources()
    if name not in found:
        return "Its module cannot be loaded: the log says why."
    outbound = Outbound(session, settings.base_url, agent_of(config.public_url), seconds=PATIENCE)
    try:
        async with asyncio.timeout(PATIENCE):
            snapshot: Snapshot = await found[name].fetch(outbound, settings)
    except StillComputing:
        return ""
    except TimeoutError:
        return SILENT
    except Exception as error:  # noqa: BLE001 - whatever a source does, the doctor goes on
        return as_failure(name, error).sentence
    return f"A part of it did not come. {snapshot.trouble}" if snapshot.trouble else ""
