"""How often the same words came lately: by the same person, or from the same network. Kept in this process only; what
counts are ten minutes.
"""

import hashlib
from collections import OrderedDict

from db import networks
from db.limits import neighbourhood

LATELY = 600.0  # seconds
SAME_FROM, NETWORK_FROM = 12, 24  # letters; "good morning" is said by many, and what is short says little
KEPT, TIMES = 10_000, 100


class Repeats:
    """The same nonce is the same saying, however often it is sent."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, bytes], list[tuple[float, str]]] = OrderedDict()

    def count(self, person_id: int, network: str, letters: str, nonce: str, now: float) -> int:
        """Notes it, and returns the how manieth time this is."""
        digest = hashlib.sha256(letters.encode("utf-8", "replace")).digest()
        return max((self._note((key, digest), nonce, now) for key in _keys(person_id, network, letters)), default=1)

    def _note(self, key: tuple[str, bytes], nonce: str, now: float) -> int:
        times = [one for one in self._said.pop(key, []) if now - one[0] < LATELY and (one[1] != nonce or not nonce)]
        self._said[key] = [*times[-TIMES:], (now, nonce)]
        if len(self._said) > KEPT:
            self._said.popitem(last=False)
        return len(times) + 1


def _keys(person_id: int, network: str, letters: str) -> list[str]:
    keys = [f"person {person_id}"] if len(letters) >= SAME_FROM else []
    if len(letters) >= NETWORK_FROM and not networks.is_shared(network):
        keys.append(f"network {neighbourhood(network)}")
    return keys
