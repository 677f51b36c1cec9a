"""The sources of live cards, one module each, named as its section of config.toml and its partial in templates/cards.

A source is a module with `async def fetch(outbound: Outbound, settings: Source) -> Snapshot`. See docs/cards.md.
"""
