"""What a thread that is archived or locked lets through. Source: 'Active & Archived Threads' on Discord's page about
threads, and the codes 50083 and 160005."""

from typing import Any

from practice import payloads, permissions
from practice.model import Channel, ChannelType, User
from practice.refusals import refusal
from practice.world import World

CHANGES = frozenset({"name", "archived", "locked", "auto_archive_duration", "applied_tags", "rate_limit_per_user"})


def open_for_words(world: World, channel: Channel, *, moderates: bool) -> None:
    """Whoever says something in an archived thread wakes it up. A locked one is for moderators only (160005), and no
    webhook is one."""
    if channel.type is ChannelType.FORUM:
        raise refusal(50008)
    if channel.type is not ChannelType.PUBLIC_THREAD:
        return
    if channel.locked and not moderates:
        raise refusal(160005)
    if channel.archived:
        set_state(world, channel, archived=False)


def check_awake(world: World, channel_id: int) -> None:
    """Nothing in an archived thread can be changed (50083)."""
    channel = world.channels.get(channel_id)
    if channel and channel.archived:
        raise refusal(50083)


def set_state(world: World, thread: Channel, *, archived: bool | None = None, locked: bool | None = None) -> None:
    before = thread.archived, thread.locked
    if archived is not None and archived != thread.archived:
        thread.archived, thread.archived_at = archived, world.time()
    if locked is not None:
        thread.locked = locked
    if before != (thread.archived, thread.locked):
        world.tell("THREAD_UPDATE", payloads.channel(world, thread))


def moderates(world: World, user: User, channel: Channel) -> bool:
    return bool(world.permissions(user.id, channel) & permissions.MANAGE_THREADS)


def check_change(world: World, thread: Channel, body: dict[str, Any], by: User) -> None:
    """Locking is for moderators (50013), and so is waking up what is locked. What is archived can only be woken up;
    in the same request it may be given another name."""
    stays = body.get("archived") is not False
    if thread.archived and stays and CHANGES & body.keys() - {"archived", "locked"}:
        raise refusal(50083)
    opens = thread.archived and not stays
    needs = "locked" in body or (opens and thread.locked) or (not opens and thread.owner_id != by.id)
    if needs and not moderates(world, by, thread):
        raise refusal(50013)
