"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._administering import (
    beginning_with,
    change_role,
    count,
    disable,
    enable,
    newest,
    reset,
    show,
)
from db.accounts._deleting import delete, delete_own
from db.accounts._discord import DiscordUser, enter_owner, link, sign_in, unlink
from db.accounts._entering import change_password, confirm_password, log_in, register, set_password
from db.accounts._exporting import export
from db.accounts._queries import by_username, get, owner
from db.accounts._returning import choose_password
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
    "DiscordUser",
    "Link",
    "MayAsk",
    "beginning_with",
    "bring_picture",
    "by_username",
    "change_password",
    "change_privacy",
    "change_profile",
    "change_role",
    "choose_password",
    "confirm_password",
    "count",
    "delete",
    "delete_own",
    "disable",
    "enable",
    "enter_owner",
    "export",
    "get",
    "link",
    "log_in",
    "newest",
    "owner",
    "register",
    "remove_picture",
    "reset",
    "set_password",
    "show",
    "sign_in",
    "unlink",
]
