"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._entering import change_password, confirm_password, log_in, register, set_password
from db.accounts._queries import by_username, get
from db.accounts._shape import Account, Link, MayAsk

__all__ = [
    "Account",
    "Link",
    "MayAsk",
    "by_username",
    "change_password",
    "confirm_password",
    "get",
    "log_in",
    "register",
    "set_password",
]
