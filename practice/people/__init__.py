"""What people in the practice Discord do: the half of the server that tests and the page drive. A person is named by a
display name ("Mika"), a user id, or "owner"; a channel by its name or id. Every method refuses what Discord's client
would refuse, by raising Refusal, LookupError or ValueError."""

from practice.people._asking import Asking
from practice.people._gathering import Gathering
from practice.people._keeping import Keeping


class People(Keeping, Gathering, Asking):
    """Mixed into Practice."""


__all__ = ["People"]
