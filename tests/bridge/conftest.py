"""Says what pytest should explain when it does not hold."""

import pytest

for name in ("from_discord", "from_discord_held", "to_discord"):
    pytest.register_assert_rewrite(f"tests.bridge.{name}")
