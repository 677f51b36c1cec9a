"""Passwords: what one must be, and argon2id in two threads beside the event loop. For db/accounts, which asks both.

The cost is OWASP's second choice for argon2id, equal to the first. Two at a time leave the loop its turns; whoever
finds twenty waiting is told to come back, so that a flood of passwords is no flood of work.
"""

import asyncio
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped] # it has no types

from db.errors import Refused, Unavailable

MIN, MAX = 10, 128  # code points
JUDGED_MAX = 72  # what zxcvbn looks at: its work grows faster than the length
SCORE_MIN = 2  # of 0 to 4: not found within a million guesses
OWN_MIN = 5  # letters and digits beside the names
AT_ONCE, WAITING_MAX = 2, 20
NAME = "That is mostly a name, which others know as well."
ADVICE = "Three or four words that have nothing to do with each other are hard to guess and easy to keep."
BUSY = "Many people are at the door just now. Please try again in a moment."

P = ParamSpec("P")
Result = TypeVar("Result")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
_judging = threading.Lock()  # zxcvbn keeps the words it is given in a place that all its callers share


# Rules


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Raises Refused (`bad_password`) for one that is too short, too long, common, or made of `names`: what this person
    and the site are called. Takes some 50 ms at worst; Passwords.check is the same in a thread.
    """
    if not MIN <= len(password) <= MAX:
        long = "too short" if len(password) < MIN else "too long"
        raise Refused(f"That is {long}: a password has {MIN} to {MAX} characters, of any kind.", "bad_password")
    words = _words_of(names)
    if _is_made_of(password, words):
        raise Refused(f"{NAME} {ADVICE}", "bad_password")
    with _judging:
        found = zxcvbn(_normal(password)[:JUDGED_MAX], user_inputs=words)
    if found["score"] < SCORE_MIN:
        raise Refused(f"{_weakness(found['sequence'])} Three or four words that have nothing to do with each other are "
                      "hard to guess and easy to keep.", "bad_password")  # fmt: skip


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made when hashing cost less, or more, than now."""
    return _hasher.check_needs_rehash(password_hash)


def hash_password(password: str) -> str:
    """Takes 30 to 160 ms; Passwords.hash is the same in a thread."""
    return _hasher.hash(_bytes(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether it is this one. Without a hash it is not, and finding that out takes as long."""
    if password_hash is None:
        _hasher.hash(_bytes(password))
        return False
    try:
        return _hasher.verify(password_hash, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One keyboard writes é as one character and another as two, and full-width letters are the same keys: whoever
    knows the password gets in from any of them (NIST SP 800-63B, 5.1.1.2). What is too long cannot be right.
    """
    return unicodedata.normalize("NFKC", password[: MAX + 1])


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _words_of(names: Iterable[str]) -> list[str]:
    """The names and their parts, without what is too short to be one."""
    parts = {part for name in names for part in (name, *re.split(r"[\W_]+", name))}
    return sorted(one for one in map(_plain, parts) if len(one) >= 3)


def _is_made_of(password: str, words: Iterable[str]) -> bool:
    left = before = _plain(_normal(password))
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != before and len(left) < OWN_MIN


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _weakness(sequence: list[dict[str, Any]]) -> str:
    """Why it is found early, judged by its longest part."""
    part = max(sequence, key=lambda one: len(one["token"]))
    if part["pattern"] == "dictionary" and part["dictionary_name"] == "user_inputs":
        return NAME
    return {
        "dictionary": "That is among the first that somebody would try.",
        "repeat": "That repeats the same few characters.",
        "sequence": "That goes along the alphabet or the numbers.",
        "spatial": "That goes along the keys of the keyboard.",
        "date": "That is mostly a date.",
        "regex": "That is mostly a year.",
    }.get(part["pattern"], "That is quickly guessed.")


# Beside the event loop


class Passwords:
    """The threads. Each method raises Unavailable when too many wait already."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING_MAX)

    async def check(self, password: str, names: Iterable[str] = ()) -> None:
        """As check_password."""
        await self._run(check_password, password, names)

    async def hash(self, password: str) -> str:
        return await self._run(hash_password, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """As verify_password."""
        return await self._run(verify_password, password_hash, password)

    def close(self) -> None:
        """What has begun is finished by itself; nobody waits for it any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Who no longer waits keeps a place until their work is done: it is the work that must be bounded."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(BUSY)
        task = self._threads.submit(work, *args, **kwargs)
        task.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(task)
