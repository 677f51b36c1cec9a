"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._deleting import delete
from db.accounts._exporting import export
from db.accounts._queries import by_username, get
from db.accounts._settings import (
    ABOUT_MAX,
    LABEL_MAX,
    LINKS_MAX,
    URL_MAX,
    bring_picture,
    change_privacy,
    change_profile,
    remove_picture,
)
from db.accounts._shape import Account, Link, MayAsk

__all__ = [
    "ABOUT_MAX",
    "LABEL_MAX",
    "LINKS_MAX",
    "URL_MAX",
    "Account",
    "Link",
    "MayAsk",
    "bring_picture",
    "by_username",
    "change_privacy",
    "change_profile",
    "delete",
    "export",
    "get",
    "remove_picture",
]
