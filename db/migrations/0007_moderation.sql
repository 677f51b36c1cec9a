-- Moderation: who may, what was done and why, who is kept out, what waits for a decision, and what was reported.

-- Roles of the Discord server whose holders moderate the site, beside its owner.
create table moderator_roles (
    role_id bigint primary key,
    name text not null check (char_length(name) <= 100),
    added_by bigint references people on delete set null,
    added_at timestamptz not null
);

-- From which networks, as keyed hashes, somebody was here lately, and under which names. Sightings fade after 30 days.
create table sightings (
    person_id bigint not null references people on delete cascade,
    network bytea not null check (octet_length(network) = 32),
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (person_id, network)
);
create index sightings_by_network on sightings (network);
create index sightings_by_time on sightings (last_at);

create table names_used (
    person_id bigint not null references people on delete cascade,
    name text not null,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (person_id, name)
);

-- Every door may give somebody another name, so the table sees it by itself. Whoever deletes an account wipes their rows.
create function note_name() returns trigger language plpgsql as $$
begin
    insert into names_used (person_id, name) values (new.id, new.name)
    on conflict (person_id, name) do update set last_at = now();
    return null;
end $$;
create trigger people_named after insert on people for each row execute function note_name();
create trigger people_renamed after update of name on people for each row
    when (old.name is distinct from new.name) execute function note_name();
insert into names_used (person_id, name, first_at) select id, name, created_at from people;

-- The record. Rows are never changed, but for a reason that is given later, evidence that fades, and `seen_at`: when the
-- one it is about said that they have read it. `person_name` and
-- `by_name` are as they were then. Without `by_name` the house acted by itself, and `rule` says by which rule.
-- `hidden` from the one it is about: notes, and what is no act against them.
create table cases (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('ban', 'unban', 'mute', 'unmute', 'warn', 'note', 'remove', 'purge', 'hide_link',
        'lock', 'unlock', 'slowmode', 'hold', 'release', 'filtered', 'dismiss', 'filter', 'raid', 'panic', 'role',
        'setting', 'maintenance')),
    person_id bigint references people on delete set null,
    person_name text not null default '',
    by_id bigint references people on delete set null,
    by_name text not null default '',
    door text not null check (door in ('discord', 'site', 'house')),
    rule text not null default '',
    reason text not null default '' check (char_length(reason) <= 500),
    until timestamptz,
    room_id bigint references rooms on delete set null,
    message_id bigint references messages on delete set null,
    comment_id bigint references comments on delete set null,
    report_id bigint references reports on delete set null,
    details jsonb not null default '{}',
    evidence jsonb,
    hidden boolean not null default false,
    created_at timestamptz not null,
    seen_at timestamptz
);
create index cases_of on cases (person_id, id desc);
create index cases_unseen on cases (person_id)
    where seen_at is null and not hidden and kind in ('warn', 'remove', 'purge', 'hide_link');
create index cases_of_kind on cases (kind, id desc);
create index cases_by on cases (by_id, created_at) where by_id is not null;
create index cases_of_message on cases (message_id) where message_id is not null;
create index cases_with_evidence on cases (created_at) where evidence is not null;

-- Who is kept out (`ban`) or only reads (`mute`): a person, the networks they were seen from, the session they used.
-- Rows of networks and sessions name the person because of whom they are here. `origin`: who decides when it ends.
alter table bans rename to sanctions;
alter index bans_by_person rename to sanctions_by_person;
alter index bans_by_network rename to sanctions_by_network;
alter table sanctions
    add column kind text not null default 'ban' check (kind in ('ban', 'mute')),
    add column session_id bigint,
    add column case_id bigint references cases on delete set null,
    add column origin text not null default 'site' check (origin in ('site', 'discord', 'rule'));
create index sanctions_by_case on sanctions (case_id);

-- What the bot has yet to do in Discord with messages that were taken away or lost their links here: nearly always what
-- others wrote there. `is_ours`: the site said it, and the relay would take it away as well, but one by one.
create table errands (
    discord_id bigint not null,
    kind text not null check (kind in ('delete', 'suppress')),
    channel_id bigint not null,
    is_ours boolean not null default false,
    case_id bigint references cases on delete set null,
    tries integer not null default 0,
    next_at timestamptz not null,
    primary key (discord_id, kind)
);
create index errands_due on errands (next_at);

-- What of a site's mute or ban has been told to Discord as a timeout, where [mod] sync_timeouts is on.
create table timeouts (
    discord_id bigint primary key,
    wanted_until timestamptz,
    told_until timestamptz,
    tries integer not null default 0,
    next_at timestamptz not null
);

-- Rules for what is written on the site. `pattern`: a word or phrase, an RE2 pattern, allowed hosts, or a number;
-- what it means stands in db/filters. `minutes` for the action `mute`.
create table filters (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('words', 'pattern', 'links', 'mentions', 'repeats', 'caps', 'zalgo', 'names')),
    pattern text not null default '' check (char_length(pattern) <= 500),
    action text not null check (action in ('hold', 'delete', 'mute', 'notify')),
    minutes integer check (minutes between 1 and 525600),
    added_by bigint references people on delete set null,
    added_at timestamptz not null default now(),
    unique (kind, pattern)
);
insert into filters (kind, pattern, action) values
    ('links', '', 'hold'), ('mentions', '5', 'hold'), ('repeats', '3', 'delete'), ('zalgo', '', 'hold'),
    ('names', '', 'hold');

-- Messages that wait for a moderator. Once let through, one is said under the same nonce, and `message_id` is that one.
create table held (
    id bigint generated always as identity primary key,
    room_id bigint not null references rooms on delete cascade,
    author_id bigint not null references people,
    nonce text not null check (char_length(nonce) between 1 and 64),
    content text not null check (char_length(content) <= 6000),
    reply_to_id bigint references messages on delete set null,
    media text[] not null default '{}',
    rule text not null,
    state text not null default 'waiting' check (state in ('waiting', 'approved', 'deleted')),
    message_id bigint references messages on delete set null,
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by bigint references people on delete set null,
    unique (author_id, nonce)
);
create index held_waiting on held (id) where state = 'waiting';
create index held_by_author on held (author_id, state);

-- Raids: from when many new names came at once until somebody ended it, and who came in it. `told`: the numbers that the
-- moderators' channel was last to show. `newcomers`: who took a name here for the first time, for a day;
-- without a time who has only liked something so far: they come when they first speak.
create table newcomers (
    person_id bigint primary key references people on delete cascade,
    at timestamptz
);
create index newcomers_by_time on newcomers (at);
create table raids (
    id bigint generated always as identity primary key,
    started_at timestamptz not null,
    ended_at timestamptz,
    ended_by bigint references people on delete set null,
    cleaned_at timestamptz,
    case_id bigint references cases on delete set null,
    told text not null default ''
);
create unique index raids_one on raids ((true)) where ended_at is null;
-- `number`: in the order in which they came, so that who bans all of them bans those that they were shown.
create table raid_people (
    raid_id bigint not null references raids on delete cascade,
    person_id bigint not null references people on delete cascade,
    number bigint generated always as identity,
    primary key (raid_id, person_id)
);
create index raid_people_of on raid_people (person_id);

-- When somebody last spoke in a room with a slow mode, and whether they had spoken before a panic.
create index messages_of_author on messages (author_id, room_id, id desc);

-- `slowmode`: seconds between two messages of one person. `links_hidden`: a moderator took its links out.
alter table rooms add column slowmode integer not null default 0 check (slowmode between 0 and 21600);
alter table messages add column links_hidden boolean not null default false;

-- Reports from everywhere. `subject_id` is the id of the message, comment or person; `network` the reporter's, by which
-- strangers are told apart. `messages` stay what was shown, and the context. `gone`: the subject was removed meanwhile,
-- and the moderators' message says so.
alter table reports
    add column kind text not null default 'chat' check (kind in ('message', 'comment', 'profile', 'chat')),
    add column subject_id bigint,
    add column room_id bigint references rooms on delete set null,
    add column network bytea check (octet_length(network) = 32),
    add column state text not null default 'open'
        check (state in ('open', 'removed', 'warned', 'muted', 'banned', 'dismissed')),
    add column decided_at timestamptz,
    add column decided_by bigint references people on delete set null,
    add column decided_name text not null default '',
    add column gone boolean not null default false;
create index reports_open on reports (id) where state = 'open';
create index reports_about on reports (kind, subject_id) where subject_id is not null;

-- Messages in the moderators' channel about a case, a report, a held message, a raid or a fault: each once, changed when
-- `wanted` is more than `shown`. The states are those of posts' and comments' notices.
create table mod_notices (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('case', 'report', 'held', 'raid', 'fault')),
    subject_id bigint not null,
    state text not null default 'due' check (state in ('due', 'sending', 'sent', 'failed')),
    after bigint,
    message_id bigint,
    channel_id bigint,
    term bigint,
    wanted integer not null default 1,
    shown integer not null default 0,
    tries integer not null default 0,
    next_at timestamptz not null,
    created_at timestamptz not null,
    unique (kind, subject_id)
);
create index mod_notices_due on mod_notices (next_at) where state in ('due', 'sending');
create index mod_notices_by_message on mod_notices (channel_id, message_id) where message_id is not null;

-- What went wrong that nobody foresaw: one row a kind and hour, told in the moderators' channel once, with a count.
create table faults (
    id bigint generated always as identity primary key,
    kind text not null check (char_length(kind) <= 200),
    hour timestamptz not null,
    count integer not null default 1,
    reference text not null,
    sentence text not null default '' check (char_length(sentence) <= 500),
    first_at timestamptz not null,
    last_at timestamptz not null,
    unique (kind, hour)
);

-- What a moderator was shown before they remove many messages at once. It is done once, and then has a case.
create table purges (
    id bigint generated always as identity primary key,
    message_ids bigint[] not null,
    reason text not null check (char_length(reason) <= 500),
    asked_by bigint references people on delete set null,
    asked_at timestamptz not null,
    began_at timestamptz,
    case_id bigint references cases on delete set null
);
create index purges_by_time on purges (asked_at);
