"""Which requests come from programs. Rules; called by db/visits.

A program that says what it is gets its name. Then the address is asked: networks that watch sites count as what they
are, whatever they claim. Then the headers. A data centre alone proves little, for people come through machines that
they rent as well; so it counts only where nothing else looks like a person (see `followed_a_link`). The networks of
VPNs that many share, of Tor and of Apple's relay are not among those data centres.
"""

from ._agents import told_by
from ._networks import known_networks
from ._shape import Glimpse
from ._signs import followed_a_link, oddity

SILK = "Silk/"  # Amazon's browser, whose pages may come by way of Amazon's machines


def bot_of(glimpse: Glimpse) -> str:
    """The bot's name, such as `Googlebot` or `Monitoring (UptimeRobot)`; empty for what looks like a person."""
    told = told_by(glimpse.agent)
    if told.bot:
        return told.bot
    network = known_networks().find(glimpse.address)
    if network.startswith("Monitoring"):
        return network
    if odd := oddity(glimpse, told):
        return odd
    return "" if followed_a_link(glimpse) or SILK in glimpse.agent else network
