-- Members: who has an account, the links that open it once, chats between two of them, and how to keep somebody away.

create extension if not exists pg_trgm;

-- `username` and `role` are there for members. `picture` is the one they chose. `merged_into`: this row was somebody of
-- Discord's who turned out to be that member; what is still on its way under the old row belongs to the other.
alter table people
    add column username text unique check (username ~ '^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$'),
    add column role text not null default 'visitor' check (role in ('visitor', 'member', 'author')),
    add column picture text references media on delete set null,
    add column merged_into bigint references people on delete cascade,
    add constraint people_members_have_usernames check ((username is null) = (role = 'visitor'));
create index people_by_name on people using gin (lower(name) gin_trgm_ops) where username is not null;
create index people_by_username on people using gin (username gin_trgm_ops) where username is not null;
create index people_merged on people (merged_into) where merged_into is not null;
create index people_by_picture on people (picture) where picture is not null;

-- What only the member is to know or to set. Without a password they come in through Discord.
create table accounts (
    person_id bigint primary key references people on delete cascade,
    password_hash text check (char_length(password_hash) <= 200),
    about text not null default '' check (char_length(about) <= 1000),
    links jsonb not null default '[]',
    may_ask text not null default 'everyone' check (may_ask in ('everyone', 'replied', 'nobody')),
    shows_reading boolean not null default true,
    shows_online boolean not null default true,
    notify_discord boolean not null default false,
    notified_at timestamptz,
    disabled_at timestamptz,
    created_at timestamptz not null
);

alter table sessions add column id bigint generated always as identity unique;

-- Links that open the house once: `login` for the owner, `password` to choose a new one.
create table links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    person_id bigint not null references people on delete cascade,
    purpose text not null check (purpose in ('login', 'password')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index links_by_person on links (person_id);
create index links_by_expiry on links (expires_at);

-- A chat is a room of two. It is closed once one of them has left; they may open another one later.
alter table rooms
    add column kind text not null default 'public' check (kind in ('public', 'chat')),
    add column low_id bigint references people,
    add column high_id bigint references people,
    add column closed_at timestamptz,
    add constraint rooms_chats_have_two check ((kind = 'chat') = (low_id is not null and high_id is not null)),
    add constraint rooms_pairs_in_order check (low_id < high_id);
create unique index rooms_open_pairs on rooms (low_id, high_id) where closed_at is null;

-- `read_seq`: how far this member has read; `read_id`: the newest message up to there. `unread` counts what others said
-- after it and is kept with every message, so that nobody has to count.
create table members (
    room_id bigint not null references rooms on delete cascade,
    person_id bigint not null references people on delete cascade,
    joined_at timestamptz not null,
    left_at timestamptz,
    read_seq bigint not null default 0,
    read_id bigint not null default 0,
    unread integer not null default 0 check (unread >= 0),
    primary key (room_id, person_id)
);
create index members_by_person on members (person_id) where left_at is null;

-- `waiting` and `declined` look the same to whoever asked; `unseen` is one that was never shown, for they are blocked.
create table chat_requests (
    id bigint generated always as identity primary key,
    from_id bigint not null references people on delete cascade,
    to_id bigint not null references people on delete cascade,
    words text not null check (char_length(words) between 1 and 500),
    state text not null default 'waiting' check (state in ('waiting', 'accepted', 'declined', 'unseen')),
    room_id bigint references rooms on delete set null,
    created_at timestamptz not null,
    answered_at timestamptz,
    check (from_id <> to_id)
);
create unique index chat_requests_waiting on chat_requests (from_id, to_id) where state = 'waiting';
create index chat_requests_from on chat_requests (from_id, created_at);
create index chat_requests_to on chat_requests (to_id, created_at);

create table blocks (
    blocker_id bigint not null references people on delete cascade,
    blocked_id bigint not null references people on delete cascade,
    created_at timestamptz not null,
    primary key (blocker_id, blocked_id),
    check (blocker_id <> blocked_id)
);
create index blocks_of on blocks (blocked_id);

-- What a member showed the owner, and only that: copies of those messages, or of a request's words.
create table reports (
    id bigint generated always as identity primary key,
    reporter_id bigint references people on delete set null,
    reported_id bigint references people on delete set null,
    reason text not null default '' check (char_length(reason) <= 500),
    messages jsonb not null,
    created_at timestamptz not null
);

-- Direct messages that the bot has still to send. What they say is made when they leave: no secret waits here.
create table letters (
    id bigint generated always as identity primary key,
    person_id bigint not null references people on delete cascade,
    kind text not null check (kind in ('password', 'chats', 'report')),
    report_id bigint references reports on delete cascade,
    created_at timestamptz not null,
    tries integer not null default 0,
    next_at timestamptz not null,
    unique nulls not distinct (person_id, kind, report_id)
);
create index letters_due on letters (next_at);

-- The room in which a picture is used. One used in a chat is for its members only; without a room it is public once used.
-- No foreign key: when the room is gone, its pictures must not become public.
alter table media add column room_id bigint;
create index media_by_room on media (room_id) where room_id is not null;

-- Who replied to whom, for those who take requests from these only. What is left of a request when its room is gone.
create index messages_replies on messages (author_id, reply_to_id) where reply_to_id is not null;
create index chat_requests_room on chat_requests (room_id) where room_id is not null;

-- A message is deleted only with its room, and so are the room's changes: to look for those of each message would read
-- the changes of all rooms once for every one.
alter table changes drop constraint changes_message_id_fkey;
