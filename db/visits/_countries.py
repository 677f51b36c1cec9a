"""Countries of addresses, where the owner has a database file for that. Asked in memory; nothing is sent anywhere."""

import logging
from pathlib import Path
from typing import Any

import maxminddb

log = logging.getLogger(__name__)


class Countries:
    """`path`: an .mmdb file that knows `country.iso_code`, as those of MaxMind and DB-IP do."""

    def __init__(self, path: Path | None) -> None:
        self._reader: maxminddb.Reader | None = None
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        try:
            self._reader = maxminddb.open_database(path)
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
            log.warning(
                "Visits are counted without countries: [analytics] country_database %s cannot be read (%s)",
                path,
                type(error).__name__,
            )

    def of(self, address: str) -> str:
        """`AT`; empty for an address that is not in it."""
        if self._reader is None:
            return ""
        try:
            found: Any = self._reader.get(address)
            code = found["country"]["iso_code"]
        except (ValueError, KeyError, TypeError, maxminddb.InvalidDatabaseError):
            return ""
        return code if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha() else ""
