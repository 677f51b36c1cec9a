"""The practice Discord: a stand-in for Discord's REST API and gateway on this machine, for tests, for the demo and for
trying things out. It knows nothing of the program that talks to it, and refuses what Discord refuses."""

from practice.answers import Answer
from practice.interactions import Answers
from practice.limits import Rates
from practice.model import Message, Ping, Request
from practice.refusals import Refusal
from practice.server import Practice

__all__ = ["Answer", "Answers", "Message", "Ping", "Practice", "Rates", "Refusal", "Request"]
