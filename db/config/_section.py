"""What all sections of config.toml are."""

import msgspec


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section of the file; every key has a default. Its repr is short, so that no secret gets into a log by
    it.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"
