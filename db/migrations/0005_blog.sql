-- The blog: posts with every state they were ever saved in, what Discord is told of them, and comments until they are said.

create extension if not exists unaccent;

-- The text searches of PostgreSQL, each once more without accents: `site_english` finds cafe where somebody wrote café.
do $$
declare
    plain name;
begin
    for plain in select cfgname from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace loop
        execute format('create text search configuration %I (copy = pg_catalog.%I)', 'site_' || plain, plain);
        execute format('alter text search configuration %I alter mapping for hword, hword_part, word with unaccent, %I',
            'site_' || plain, case plain when 'simple' then 'simple' else plain || '_stem' end);
    end loop;
end $$;

-- `slug` is the present one; all that ever were are in `slugs`. `published_at` is when it came out first, or shall come out
-- while it is scheduled; it never changes afterwards. `updated_at` is the last edit that changed what readers see.
-- `html` to `search` are made from `body` by the press, named in `printed_by`, and made again when that name changes.
-- `search` holds the words of title, tags and text, `heads` those of title and tags alone.
-- `comments_days`: days after which nobody comments any more; 0 never takes comments, null is as the site has it.
create table posts (
    id bigint generated always as identity primary key,
    kind text not null default 'post' check (kind in ('post', 'page')),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 100),
    author_id bigint not null references people,
    state text not null default 'draft' check (state in ('draft', 'scheduled', 'published', 'unlisted')),
    title text not null check (char_length(title) between 1 and 200),
    summary text not null default '' check (char_length(summary) <= 500),
    body text not null check (char_length(body) <= 200000),
    tags text[] not null default '{}',
    cover text references media on delete set null,
    cover_alt text not null default '' check (char_length(cover_alt) <= 1000),
    pinned boolean not null default false,
    comments_days integer check (comments_days >= 0),
    created_at timestamptz not null,
    published_at timestamptz,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    revision integer not null default 1 check (revision > 0),
    html text not null default '',
    contents jsonb not null default '[]',
    words integer not null default 0,
    excerpt text not null default '',
    plain text not null default '',
    printed_by text not null default '',
    search tsvector,
    heads tsvector,
    room_id bigint references rooms,
    likes integer not null default 0 check (likes >= 0),
    check (state = 'draft' or published_at is not null)
);
create index posts_by_time on posts (published_at desc, id desc) include (tags)
    where kind = 'post' and deleted_at is null and state in ('published', 'scheduled');
create index posts_by_place on posts (pinned desc, published_at desc, id desc)
    where kind = 'post' and deleted_at is null and state in ('published', 'scheduled');
create index posts_by_id on posts (id) include (published_at)
    where deleted_at is null and state in ('published', 'scheduled');
create index posts_standing on posts (lower(title), id)
    where kind = 'page' and deleted_at is null and state in ('published', 'scheduled');
create index posts_by_tag on posts using gin (tags) where deleted_at is null;
create index posts_by_author on posts (author_id, updated_at desc, id desc) where deleted_at is null;
create index posts_by_edit on posts (updated_at desc, id desc) where deleted_at is null;
create index posts_due on posts (published_at) where state = 'scheduled' and deleted_at is null;
create index posts_by_search on posts using gin (search);
create index posts_by_heads on posts using gin (heads);
create index posts_by_title on posts using gin ((lower(title) || ' ' || slug) gin_trgm_ops) where deleted_at is null;
create unique index posts_by_room on posts (room_id) where room_id is not null;

-- How many posts are `published`, so that nobody has to count them: of all (whose name is empty), of each author, tag, and
-- year of UTC. Several rows of one name are to be added up. Those whose time has come or not must be seen to by who reads.
-- Whoever changes a post adds a row, and takes in those that are there if nobody else is at it: so nobody ever waits here.
create table post_counts (
    kind text not null check (kind in ('all', 'author', 'tag', 'year')),
    name text not null,
    posts integer not null
);
create index post_counts_by_name on post_counts (kind, name);

create function counted_as(kind text, state text, deleted_at timestamptz, published_at timestamptz, author_id bigint,
    tags text[]) returns setof post_counts language sql stable as $$
    select named.* from (
        select 'all', '', 1
        union all select 'author', author_id::text, 1
        union all select 'year', extract(year from published_at at time zone 'UTC')::integer::text, 1
        union all select distinct 'tag', tag, 1 from unnest(tags) as tag
    ) as named where kind = 'post' and state = 'published' and deleted_at is null
$$;

create function count_posts() returns trigger language plpgsql as $$
declare
    changes post_counts[];
    is_alone boolean;
begin
    if tg_op = 'INSERT' then
        select array_agg(c) into changes from after_it a,
            counted_as(a.kind, a.state, a.deleted_at, a.published_at, a.author_id, a.tags) c;
    elsif tg_op = 'DELETE' then
        select array_agg(row(c.kind, c.name, -c.posts)::post_counts) into changes from before_it b,
            counted_as(b.kind, b.state, b.deleted_at, b.published_at, b.author_id, b.tags) c;
    else
        select array_agg(row(c.kind, c.name, c.posts * case when is_new then 1 else -1 end)::post_counts) into changes
        from before_it b join after_it a using (id) cross join (values (true), (false)) as side (is_new)
            cross join lateral (
                select * from counted_as(a.kind, a.state, a.deleted_at, a.published_at, a.author_id, a.tags) where is_new
                union all
                select * from counted_as(b.kind, b.state, b.deleted_at, b.published_at, b.author_id, b.tags)
                    where not is_new
            ) c
        where (a.kind, a.state, a.deleted_at, a.published_at, a.author_id, a.tags) is distinct from
            (b.kind, b.state, b.deleted_at, b.published_at, b.author_id, b.tags);
    end if;
    if changes is null then
        return null;
    end if;
    is_alone := pg_try_advisory_xact_lock(hashtextextended('porchlight post counts', 0));
    with changed as (
        select kind, name, sum(posts) as posts from unnest(changes) group by kind, name having sum(posts) <> 0
    ), taken_in as (
        delete from post_counts p using changed c where is_alone and p.kind = c.kind and p.name = c.name
        returning p.kind, p.name, p.posts
    ) insert into post_counts select kind, name, sum(posts)
        from (select * from changed union all select * from taken_in) as every
        group by kind, name having sum(posts) <> 0;
    return null;
end $$;
create trigger count_added after insert on posts referencing new table as after_it
    for each statement execute function count_posts();
create trigger count_changed after update on posts referencing old table as before_it new table as after_it
    for each statement execute function count_posts();
create trigger count_removed after delete on posts referencing old table as before_it
    for each statement execute function count_posts();

-- Every address a post ever had. One that is taken stays taken, so that old links lead on, or say that it is gone.
create table slugs (
    slug text primary key,
    post_id bigint not null references posts on delete cascade,
    created_at timestamptz not null default now()
);
create index slugs_by_post on slugs (post_id);

-- Every save, as it was typed: who, when, and through which door. `by_itself_since`: when it is one that nobody asked
-- for, since when the draft has been saving itself.
create table revisions (
    post_id bigint not null references posts on delete cascade,
    number integer not null,
    slug text not null,
    title text not null,
    summary text not null,
    body text not null,
    tags text[] not null,
    cover text,
    cover_alt text not null,
    person_id bigint references people on delete set null,
    source text not null check (source in ('web', 'discord', 'import')),
    created_at timestamptz not null,
    by_itself_since timestamptz,
    primary key (post_id, number)
);

-- Pictures that a post shows, or showed in an earlier revision; they are needed as long as the post is there. `own`: it goes
-- with the last post that needs it; false as long as it is a message's or somebody's portrait, too.
create table post_pictures (
    post_id bigint not null references posts on delete cascade,
    media_id text not null references media on delete cascade,
    own boolean not null default true,
    primary key (post_id, media_id)
);
create index post_pictures_by_media on post_pictures (media_id);

create table post_likes (
    post_id bigint not null references posts on delete cascade,
    person_id bigint not null references people on delete cascade,
    created_at timestamptz not null default now(),
    primary key (post_id, person_id)
);

-- What Discord is told of a post: the announcement, and the thread of its comments. As with messages: `sending` is
-- committed before the request leaves, with the newest message then known (`after_id`), so that one whose outcome is not
-- recorded is looked for before it is sent again. `shown` is the post's revision that Discord shows, `gone` what was
-- taken out again; `round` counts how often that was, for Discord takes a nonce only once.
create table post_notices (
    post_id bigint not null references posts on delete cascade,
    kind text not null check (kind in ('announcement', 'thread')),
    channel_id bigint not null,
    state text not null default 'due' check (state in ('due', 'sending', 'sent', 'failed', 'gone')),
    after_id bigint,
    message_id bigint,
    shown integer not null default 0,
    round integer not null default 0,
    tries integer not null default 0,
    next_at timestamptz not null default now(),
    reason text,
    primary key (post_id, kind)
);
create index post_notices_open on post_notices (next_at) where state in ('due', 'sending');

-- The comments of a post are a room: approved ones are messages in it, with all that messages can do and the way to
-- Discord. `said` counts those that are there to be read.
alter table rooms
    drop constraint rooms_kind_check,
    add constraint rooms_kind_check check (kind in ('public', 'chat', 'comments')),
    add column said integer not null default 0;
update rooms o set said = (
    select count(*) from messages m where m.room_id = o.id and m.kind = 'said' and m.deleted_at is null);

-- The words of the hangout, and of no other room.
do $$
begin
    execute format('create index messages_by_words on messages using gin (to_tsvector(''site_simple'', content))
        where room_id = %s and kind = ''said'' and deleted_at is null', (select id from rooms where slug = 'hangout'));
end $$;

-- A comment as it was brought by the site's door. Once approved it is said in the room under the same nonce, and
-- `message_id` is that message: then its words are there and `content` is empty. `held_for`: why it waits; null for one
-- that had not to. `digest` is of the words, whoever's, by which the same ones are found again. `notice_*`: the message
-- in the moderators' channel, as with posts; `wanted` grows with each change that it has to show, `shown` is what it shows.
create table comments (
    id bigint generated always as identity primary key,
    post_id bigint not null references posts on delete cascade,
    author_id bigint not null references people,
    nonce text not null check (char_length(nonce) between 1 and 64),
    content text not null check (char_length(content) <= 6000),
    reply_to_id bigint references messages on delete set null,
    network bytea check (octet_length(network) = 32),
    digest bytea check (octet_length(digest) = 32),
    state text not null default 'waiting' check (state in ('waiting', 'approved', 'deleted', 'spam')),
    held_for text,
    message_id bigint unique references messages on delete cascade,
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by bigint references people on delete set null,
    notice_state text not null default 'due' check (notice_state in ('none', 'due', 'sending', 'sent', 'failed')),
    notice_after bigint,
    notice_id bigint,
    notice_channel bigint,
    notice_wanted integer not null default 0,
    notice_shown integer not null default 0,
    notice_tries integer not null default 0,
    notice_at timestamptz,
    unique (author_id, nonce)
);
create index comments_waiting on comments (post_id, id) where state = 'waiting';
create index comments_by_author on comments (author_id, state);
create index comments_by_digest on comments (digest, created_at) where digest is not null;
create index comments_by_notice on comments (notice_channel, notice_id) where notice_id is not null;
create index comments_to_tell on comments (id) where notice_state in ('due', 'sending');

-- Who may not write here: a person, and the network they wrote from as a keyed hash. Without `until` for good.
create table bans (
    id bigint generated always as identity primary key,
    person_id bigint references people on delete cascade,
    network bytea check (octet_length(network) = 32),
    reason text not null default '' check (char_length(reason) <= 500),
    by_id bigint references people on delete set null,
    created_at timestamptz not null,
    until timestamptz
);
create index bans_by_person on bans (person_id);
create index bans_by_network on bans (network);

-- Cards of the portfolio that were added from Discord; the others stand in projects.toml.
create table projects (
    id bigint generated always as identity primary key,
    name text not null unique check (char_length(name) between 1 and 100),
    content text not null default '' check (char_length(content) <= 1000),
    links jsonb not null default '[]',
    picture text references media on delete set null,
    picture_alt text not null default '',
    place integer not null default 0,
    created_at timestamptz not null
);
