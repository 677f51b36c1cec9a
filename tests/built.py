"""What the sites of a run have in common, made once: compiled templates, and static files read and packed. Both take
longer than most of what a test does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import aiohttp_jinja2
import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

import web
from web.statics import Statics


class Compiled(BytecodeCache):
    """The code of each template by the checksum of its source."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.kept[bucket.key] = bucket.checksum, bucket.code


COMPILED = Compiled()
statics = cache(Statics)


@contextmanager
def built_once() -> Iterator[None]:
    """While the body runs, every application takes them from here; folders of a test's own are read each time."""
    set_up = aiohttp_jinja2.setup

    def with_compiled(*args: Any, **options: Any) -> Any:
        return set_up(*args, **{"bytecode_cache": COMPILED, **options})

    def read(folder: Path) -> Statics:
        return statics(folder) if folder == web.ROOT / "static" else Statics(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiohttp_jinja2, "setup", with_compiled)
        patch.setattr(web, "Statics", read)
        yield
