"""Filters: the rules for what is written on the site, and what is done where one matches."""

from db.filters._judging import judge, judge_speech, note
from db.filters._shape import Filter, Verdict

__all__ = ["Filter", "Verdict", "judge", "judge_speech", "note"]
