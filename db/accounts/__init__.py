"""Accounts: members of the site, how they come in, and what they have set. Called by both doors."""

from db.accounts._queries import by_username, get
from db.accounts._shape import Account, Link, MayAsk

__all__ = ["Account", "Link", "MayAsk", "by_username", "get"]
