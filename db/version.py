"""Which Porchlight this is, and since when it runs."""

from datetime import UTC, datetime

VERSION = "0.1.0"
STARTED = datetime.now(UTC)
