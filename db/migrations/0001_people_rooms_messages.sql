-- People, rooms and messages: who there is, where they talk, and what was said.

create table people (
    id bigint generated always as identity primary key,
    name text not null check (char_length(name) between 1 and 100),
    discord_id bigint unique,
    owner boolean not null default false,
    created_at timestamptz not null default now()
);

create table sessions (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    person_id bigint references people on delete cascade,
    data jsonb not null default '{}',
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);

-- `seq` is the room's counter of changes: taken under the row's lock, so commit order is its order and it has no gaps.
create table rooms (
    id bigint generated always as identity primary key,
    slug text unique,
    seq bigint not null default 0 check (seq >= 0),
    locked boolean not null default false,
    channel_id bigint unique
);
insert into rooms (slug) values ('hangout');

-- A message's `seq` is that of its last change: what changed after N is what has seq > N.
create table messages (
    id bigint generated always as identity primary key,
    room_id bigint not null references rooms on delete cascade,
    seq bigint not null,
    author_id bigint not null references people,
    source text not null check (source in ('web', 'discord')),
    nonce text check (char_length(nonce) between 1 and 64),
    content text not null check (char_length(content) <= 6000),
    mentions jsonb not null default '{}',
    attachments jsonb not null default '[]',
    reply_to_id bigint references messages on delete set null,
    created_at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    discord_id bigint unique,
    relay text not null default 'none' check (relay in ('none', 'pending', 'sending', 'sent', 'failed')),
    relay_reason text,
    relay_after bigint,
    relay_at timestamptz,
    check ((source = 'web') = (nonce is not null)),
    unique (author_id, nonce),
    unique (room_id, seq)
);
create index messages_by_room on messages (room_id, id desc);
create index messages_to_relay on messages (room_id, id) where relay in ('pending', 'sending');
create index messages_relayed_lately on messages (relay_at) where relay_at is not null;

-- One row a change, so that a process which missed some can tell them one by one.
create table changes (
    room_id bigint not null references rooms on delete cascade,
    seq bigint not null,
    kind text not null check (kind in ('create', 'update', 'delete')),
    message_id bigint not null references messages on delete cascade,
    primary key (room_id, seq)
);

-- What we know of a Discord channel. `heard_id`: everything up to it is on the site.
create table channels (
    id bigint primary key,
    heard_id bigint not null default 0
);

-- Every webhook that was ever ours: what it says in a channel is our own echo.
create table webhooks (
    id bigint primary key,
    channel_id bigint not null,
    made_at timestamptz not null default now()
);

-- Who holds the gateway and the relay. `term` grows with every holder, so that an old one can be told from the new.
create table leaders (
    name text primary key,
    term bigint not null default 0,
    holder text not null default '',
    since timestamptz not null default now()
);

-- What the site remembers about itself.
create table settings (
    key text primary key,
    value jsonb not null,
    updated_at timestamptz not null default now()
);
