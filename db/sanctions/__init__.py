"""Sanctions: who is kept out (banned) or only reads (muted), as a person, from a network, or in a session."""

from db.sanctions._acts import ban, cover, mute, note, unban, unmute, warn
from db.sanctions._imposing import NotInForce, check_target, impose, lift, put, take_off
from db.sanctions._many import ban_all
from db.sanctions._memory import Sanctions, check, follow, in_force, load, renew, tell
from db.sanctions._queries import current, forget_ended, of_people, of_person
from db.sanctions._shape import Caller, InForce, Sanction
from db.sanctions._undoing import undo
from db.sanctions._words import KeptOut, refusal, sentence_of

__all__ = [
    "Caller",
    "InForce",
    "KeptOut",
    "NotInForce",
    "Sanction",
    "Sanctions",
    "ban",
    "ban_all",
    "check",
    "check_target",
    "cover",
    "current",
    "follow",
    "forget_ended",
    "impose",
    "in_force",
    "lift",
    "load",
    "mute",
    "note",
    "of_people",
    "of_person",
    "put",
    "refusal",
    "renew",
    "sentence_of",
    "take_off",
    "tell",
    "unban",
    "undo",
    "unmute",
    "warn",
]
