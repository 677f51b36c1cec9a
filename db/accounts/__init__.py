"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._administering import beginning_with, change_role, count, disable, enable, newest, reset, show
from db.accounts._discord import DiscordUser, enter_owner, link, sign_in, unlink
from db.accounts._entering import change_password, confirm_password, log_in, register, set_password
from db.accounts._queries import by_username, get
from db.accounts._shape import Account, Link, MayAsk

__all__ = [
    "Account",
    "DiscordUser",
    "Link",
    "MayAsk",
    "beginning_with",
    "by_username",
    "change_password",
    "change_role",
    "confirm_password",
    "count",
    "disable",
    "enable",
    "enter_owner",
    "get",
    "link",
    "log_in",
    "newest",
    "register",
    "reset",
    "set_password",
    "show",
    "sign_in",
    "unlink",
]
