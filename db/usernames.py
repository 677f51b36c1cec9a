"""Usernames: the names by which members log in and are linked to. Rules only; called by db/accounts and its doors."""

import re
from collections.abc import Iterable

from db.errors import Refused
from db.names import RESERVED, is_of_the_house

USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]")
MIN, MAX = 3, 32
# Words that stand in addresses or would be taken for the house's own voice.
TAKEN = RESERVED | {
    "discord",
    "former",
    "formermember",
    "hangout",
    "login",
    "me",
    "porchlight",
    "register",
    "security",
    "settings",
    "support",
    "webmaster",
}


def check_username(raw: str, reserved: Iterable[str] = ()) -> str:
    """The username in lower case. `reserved` as for names.check_name. Raises Refused (`bad_username`)."""
    username = raw.strip().lower()
    if not MIN <= len(username) <= MAX:
        raise Refused(f"A username has {MIN} to {MAX} characters.", "bad_username")
    if not USERNAME.fullmatch(username):
        raise Refused(
            "A username is made of the letters a to z, digits, and between them dots, dashes and underscores.",
            "bad_username",
        )
    if is_reserved(username, reserved):
        raise Refused("That username belongs to the house. Please choose another one.", "bad_username")
    return username


def is_reserved(username: str, reserved: Iterable[str] = ()) -> bool:
    """Whether a reader could take it for somebody of the house."""
    return is_of_the_house(username, (*TAKEN, *reserved))


def as_typed(raw: str) -> str:
    """The username that is meant by `@Ada `, as it is kept."""
    return as_kept(raw.strip().removeprefix("@"))


def as_kept(text: str) -> str:
    """The form in which this username would be kept; `?`, as nobody is called, for what cannot be one."""
    username = text.lower()[: MAX + 1]
    return username if USERNAME.fullmatch(username) else "?"


def as_username(text: str) -> str:
    """The nearest username to what somebody is called elsewhere, 3 to 28 characters: there is room for a number."""
    letters = re.sub(r"[^a-z0-9_.-]+", "", text.lower())[:28].strip("_.-")
    return letters if len(letters) >= MIN else f"member{letters}"
