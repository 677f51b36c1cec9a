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
from db.outbox._reports import Report, oldest_waiting, relayed_since, report
from db.outbox._sending import (
    NEAR,
    Parcel,
    Queue,
    claim,
    next_parcel,
    put_back,
    queue,
    record_failed,
    record_sent,
    recorded,
    underway,
)

__all__ = [
    "NEAR",
    "Channel",
    "Mirror",
    "Overdue",
    "Parcel",
    "Queue",
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
    "queue",
    "record_changed",
    "record_failed",
    "record_mirrored",
    "record_sent",
    "recorded",
    "relayed_since",
    "report",
    "see_mirrors",
    "underway",
]
