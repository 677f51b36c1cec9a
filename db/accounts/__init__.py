"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._deleting import delete, delete_own
from db.accounts._entering import change_password, confirm_password, log_in, register, set_password
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
    "change_password",
    "change_privacy",
    "change_profile",
    "confirm_password",
    "delete",
    "delete_own",
    "export",
    "get",
    "log_in",
    "register",
    "remove_picture",
    "set_password",
]
