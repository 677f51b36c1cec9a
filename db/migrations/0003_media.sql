-- Pictures that people brought, and small ones that came with Discord messages and are kept so that history does not rot.

-- `digest` names the bytes as they are kept, so the same picture brought twice is there once. `used`: no message may take
-- it any more. `released_at`: from then on nobody sees it and nothing needs its bytes; `digest` is null when these are gone,
-- and the row stays for the rest of its day, for it still counts among the day's.
create table media (
    id text primary key check (id ~ '^[A-Za-z0-9_-]{22}$'),
    person_id bigint references people on delete set null,
    digest text check (digest ~ '^[0-9a-f]{64}$'),
    content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
    ext text not null check (ext in ('png', 'jpg', 'webp', 'gif')),
    size integer not null check (size > 0),
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    animated boolean not null default false,
    alt text not null default '' check (char_length(alt) <= 1000),
    widths integer[] not null default '{}',
    used boolean not null default false,
    released_at timestamptz,
    created_at timestamptz not null,
    check (released_at is null or used),
    check (digest is not null or released_at is not null)
);
create index media_by_person on media (person_id, created_at);
create index media_by_digest on media (digest);
create index media_unused on media (created_at) where not used;
create index media_released on media (digest) where released_at is not null and digest is not null;
create index media_gone on media (created_at) where digest is null;

create table discord_files (
    attachment_id bigint primary key,
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
    size integer not null check (size > 0),
    kept_at timestamptz not null default now(),
    released_at timestamptz
);
create index discord_files_by_digest on discord_files (digest);
create index discord_files_released on discord_files (digest) where released_at is not null;

-- Bytes that a process is removing just now. Until it has done so, or `since` is long ago, nobody begins to need them.
create table removals (
    digest text primary key,
    since timestamptz not null default now()
);
