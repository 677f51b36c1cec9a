-- What can happen to a message after it was said: edits, deletions, reactions; and all that a Discord message can hold.

-- Several lines said on the site may share one Discord message (`part` is the line's place in it), so the id alone is
-- no longer unique. `revision` grows with each change that Discord has to hear of; `relayed_revision` is what it heard.
-- `relay_said` is what was sent, by which a send of unknown outcome is found again; `relay_webhook` is the one that sent
-- it, null for the bot itself; `channel_id` is the channel in Discord that it is in, for the room may move to another.
alter table messages
    drop constraint messages_discord_id_key,
    add column kind text not null default 'said' check (kind in ('said', 'system')),
    add column extras jsonb not null default '{}',
    add column reactions jsonb not null default '[]',
    add column part smallint not null default 0 check (part >= 0),
    add column revision integer not null default 0,
    add column relayed_revision integer not null default 0,
    add column relay_said text,
    add column relay_webhook bigint,
    add column channel_id bigint,
    drop constraint messages_relay_check,
    add constraint messages_relay_check
        check (relay in ('none', 'pending', 'sending', 'sent', 'failed', 'cancelled', 'deleted'));
-- What crossed before this is in the channel that the room has now, if there never was another; its newest webhook sent it.
update messages m set channel_id = r.channel_id,
    relay_webhook = case m.source when 'web' then (
        select id from webhooks w where w.channel_id = r.channel_id order by made_at desc limit 1) end,
    relay_said = case m.relay when 'sending' then btrim(m.content) end
from rooms r where r.id = m.room_id and (m.discord_id is not null or m.relay = 'sending')
    and (select count(*) from channels) = 1;

create unique index messages_by_discord on messages (discord_id, part);
create index messages_by_reply on messages (reply_to_id) where reply_to_id is not null;
create index messages_to_change on messages (room_id, id)
    where relay = 'sent' and source = 'web' and (revision <> relayed_revision or deleted_at is not null);

-- Who reacted with what, through which door. `messages.reactions` holds the counts, in the order of first use.
create table reactions (
    message_id bigint not null references messages on delete cascade,
    emoji text not null check (char_length(emoji) between 1 and 120),
    person_id bigint not null references people on delete cascade,
    source text not null check (source in ('web', 'discord')),
    created_at timestamptz not null default now(),
    primary key (message_id, emoji, person_id, source)
);

-- The one reaction of the bot for all web people with the same emoji: whether it should be there, and whether it is.
create table mirrors (
    message_id bigint not null references messages on delete cascade,
    emoji text not null,
    wanted boolean not null,
    placed boolean not null default false,
    primary key (message_id, emoji)
);
create index mirrors_to_place on mirrors (message_id) where wanted <> placed;

alter table changes
    drop constraint changes_kind_check,
    add constraint changes_kind_check
        check (kind in ('create', 'update', 'delete', 'reaction_add', 'reaction_remove')),
    add column emoji text,
    add column person_id bigint;
