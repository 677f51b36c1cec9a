"""Raids: many new names in a short time. While one goes on, whoever came with it waits for a moderator with what they
write, and has slow mode; nobody else notices much of it.

A raid begins by itself in `note_newcomer`, and ends by a moderator or after half an hour in which few came.
"""

from db.raids._acts import ban_all, clean, end
from db.raids._noticing import note_newcomer, note_words
from db.raids._shape import Comer, Raid, comers, shown
from db.raids._watching import watch

__all__ = ["Comer", "Raid", "ban_all", "clean", "comers", "end", "note_newcomer", "note_words", "shown", "watch"]
