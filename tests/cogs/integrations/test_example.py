"""The example of docs/cards.md is a source: its blocks are run as they stand there."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from aiohttp import web

import db.config
from cogs.integrations._outbound import Outbound, SourceFailed
from db.config import _sources
from practice.sources import Fault, Faults, _serving, add_sources
from tests.cogs.integrations.conftest import running
from tests.cogs.integrations.test_odd_answers import Replaying, tried

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/cards.md").read_text(encoding="utf-8")


@pytest.fixture
def example(monkeypatch):
    """Its section, its module and its stand-in."""
    section, source, stand_in = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    made = dict(vars(_sources))
    exec(section, made)
    monkeypatch.setattr(db.config, "Tides", made["Tides"], raising=False)
    module, practised = ModuleType("cogs.integrations.tides"), ModuleType("practice.sources.tides")
    module.__package__ = "cogs.integrations"
    exec(source, vars(module))
    vars(practised).update(Callable=Callable, web=web)
    exec(stand_in, vars(practised))
    return made["Tides"], module, practised


async def test_the_example_of_a_source_works_as_it_is_written(example, desk, monkeypatch):
    section, module, stand_in = example
    assert section().off == "[tides] station is needed."
    monkeypatch.setattr(_serving, "SOURCES", (stand_in,))
    app, faults = web.Application(), Faults()
    add_sources(app, faults, lambda: 10.0)
    async with running(app) as origin:
        told = _serving.environment(origin)
        settings = section(station=told["TIDES_STATION"], base_url=told["TIDES_BASE_URL"])
        outbound = Outbound(desk.session, settings.base_url, "Porchlight/0")
        found = await module.fetch(outbound, settings)
        assert (settings.off, found.data) == (
            "",
            {"place": "Porto", "high": "2026-05-29T15:04:00+00:00", "metres": 3.0},
        )
        replaying = Replaying(desk.session, settings.base_url, "Porchlight/0")
        made = await tried(lambda: module.fetch(replaying, settings), replaying)
        assert sum(made.values()) > len(made)
        faults.always["tides"] = Fault(body='{"metres": "deep"}')
        with pytest.raises(SourceFailed):
            await module.fetch(outbound, settings)
