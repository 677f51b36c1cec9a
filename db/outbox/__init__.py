"""The outbox: what Discord has yet to hear of. The database is the queue; cogs/relay.py works through it."""

from db.outbox._changing import (
    Mirror,
    Overdue,
    forget_mirror,
    next_mirror,
    next_overdue,
    record_changed,
    record_mirrored,
    see_mirrors,
)
from db.outbox._channels import Channel, channel, keep_webhook, mark_heard, our_webhooks
from db.outbox._reports import Report, oldest_waiting, relayed_since, report, waiting
from db.outbox._sending import (
    Parcel,
    claim,
    next_parcel,
    put_back,
    record_failed,
    record_sent,
    recorded,
    underway,
)

__all__ = [
    "Channel",
    "Mirror",
    "Overdue",
    "Parcel",
    "Report",
    "channel",
    "claim",
    "forget_mirror",
    "keep_webhook",
    "mark_heard",
    "next_mirror",
    "next_overdue",
    "next_parcel",
    "oldest_waiting",
    "our_webhooks",
    "put_back",
    "record_changed",
    "record_failed",
    "record_mirrored",
    "record_sent",
    "recorded",
    "relayed_since",
    "report",
    "see_mirrors",
    "underway",
    "waiting",
]
