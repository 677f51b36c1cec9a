-- Live cards: what each source answered last, and when it is to be asked again. One process at a time asks: `taken_by`
-- has the source until `taken_until`. `data` is what its card shows, null until there was an answer, and `pictures` where
-- its covers are on this site; `version` grows when either changes. `is_fed`: it came by itself, and nobody was asked.
-- `is_wanted`: the owner wants it now; `held_until`: not before, for the source said so. `failing_since`: since when it
-- has failed; `told_id`: the message in Discord by which the moderators know of that.
create table cards (
    name text primary key check (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    data jsonb,
    pictures jsonb not null default '{}',
    version integer not null default 0,
    fetched_at timestamptz,
    changed_at timestamptz,
    is_fed boolean not null default false,
    next_at timestamptz not null default now(),
    held_until timestamptz,
    is_wanted boolean not null default false,
    taken_by text,
    taken_until timestamptz,
    is_paused boolean not null default false,
    failures integer not null default 0,
    failing_since timestamptz,
    last_error text not null default '' check (char_length(last_error) <= 500),
    told_id bigint
);

-- Covers and pictures of the cards, made small and kept by us, under a name that their bytes give.
create table card_pictures (
    card text not null references cards on delete cascade,
    name text not null check (name ~ '^[0-9a-f]{32}$'),
    content_type text not null,
    content bytea not null check (octet_length(content) <= 1048576),
    width integer not null,
    height integer not null,
    source text not null,
    wanted_at timestamptz not null,
    primary key (card, name)
);

-- Visits. A salt is used for 4 hours and accepted for 4 more; then it is deleted, and with it all that was hashed with it.
create table visit_salts (
    id integer generated always as identity primary key,
    salt bytea not null check (octet_length(salt) = 32),
    made_at timestamptz not null
);

-- Whom a hash of salt, address and user agent belongs to: a number drawn by chance, which stays with the visits.
create table visit_hashes (
    hash bytea primary key check (octet_length(hash) = 16),
    salt_id integer not null references visit_salts on delete cascade,
    visitor bigint not null
);
create index visit_hashes_by_salt on visit_hashes (salt_id);

-- Single visits, for some months; `day` and `hour` are the site's. `is_confirmed`: something else showed a human there.
-- Once the day is past and summed `visitor` is null and `at` the full hour, and the ids are in an order made by chance.
create table visits (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    day date not null,
    hour smallint not null,
    visitor bigint,
    is_confirmed boolean not null,
    path text not null check (char_length(path) <= 300),
    referrer text not null check (char_length(referrer) <= 300),
    browser text not null check (char_length(browser) <= 60),
    system text not null check (char_length(system) <= 60),
    device text not null check (char_length(device) <= 20),
    language text not null check (char_length(language) <= 20),
    country text not null check (char_length(country) <= 2)
);
create index visits_by_day on visits (day);
create index visits_by_visitor on visits (visitor);
create index visits_by_time on visits (at);

-- Each day's sums. `kind`: total, hour, first (the hour in which a visitor came first), path, referrer (a host), link (a
-- referrer's host and path), browser, system, device, language, country, bot, missing. `visitors` counts each visitor of that day once for each key, `confirmed` those of them
-- that are; for bots and what is missing only `views` counts.
create table visit_days (
    day date not null,
    kind text not null,
    key text not null check (char_length(key) <= 300),
    views integer not null default 0,
    visitors integer not null default 0,
    confirmed integer not null default 0,
    primary key (day, kind, key)
);
create index visit_days_by_key on visit_days (kind, key, day);

-- Days whose sums are older than their visits. `changes` grows with each change, so that one that comes while the sums
-- are made is not lost.
create table visit_days_open (
    day date primary key,
    changes integer not null default 1
);

-- Members whose own visits are not counted, because they said so.
create table visit_exclusions (
    person_id bigint primary key references people on delete cascade
);

-- Of comments that are gone it is not kept any more from which network they came.
update comments set network = null where network is not null and (state = 'deleted' or state = 'spam' and content = '');
