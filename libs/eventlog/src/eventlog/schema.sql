-- The log: append-only, ordered by the lock on its head row, written only through log.append.
create schema if not exists log;
create schema if not exists vault;

create table if not exists log.head (
    one bool primary key default true check (one),
    position bigint not null,
    recorded_at timestamptz not null,
    epoch uuid not null default gen_random_uuid()
) with (fillfactor = 10);
insert into log.head (position, recorded_at) values (0, clock_timestamp()) on conflict do nothing;

create table if not exists log.events (
    position bigint primary key,
    id uuid not null unique,
    stream text not null,
    version int not null check (version > 0),
    type text not null check (type ~ '^[a-z]+\.[a-z-]+\.v[0-9]+$'),
    data json not null,
    meta json not null,
    recorded_at timestamptz not null,
    unique (stream, version)
);

-- A bound inside the pattern would cost 80 µs an event, and all of it while the head is held.
-- Only where it is missing, as below: changing the table waits for whoever reads it, such as a backup, and every append
-- waits behind.
do $$ begin
    if not exists (select from pg_constraint where conrelid = 'log.events'::regclass and conname = 'events_stream_form') then
        alter table log.events drop constraint if exists events_stream_check, add constraint events_stream_form
            check (stream ~ '^[a-z]+-[A-Za-z0-9._:-]+$' and length(stream) - strpos(stream, '-') <= 200) not valid;
    end if;
end $$;

-- Which stream prefixes a login role may append to; '*' is the owner's.
create table if not exists log.writers (role name primary key, prefixes text[] not null);

create table if not exists log.seals (
    number bigint primary key,
    first bigint not null unique,
    last bigint not null,
    leaves bytea not null,
    root bytea not null,
    previous bytea not null,
    sealed_at timestamptz not null default clock_timestamp()
);

create table if not exists vault.keys (
    subject text primary key,
    wrapped bytea not null,
    created_at timestamptz not null default clock_timestamp()
);

create table if not exists vault.blobs (
    hash text primary key,
    owner text not null,
    size bigint not null,
    content bytea not null,
    stored_at timestamptz not null default clock_timestamp()
);

create or replace function log.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only' using errcode = '42501';
end $$;

do $$ begin
    if not exists (select from pg_trigger where tgrelid = 'log.events'::regclass and tgname = 'append_only') then
        create trigger append_only before update or delete on log.events for each row execute function log.refuse();
    end if;
    if not exists (select from pg_trigger where tgrelid = 'log.events'::regclass and tgname = 'never_truncated') then
        create trigger never_truncated before truncate on log.events for each statement execute function log.refuse();
    end if;
end $$;

-- One call is one transaction of many requests; each is all or nothing, and answers on its own:
-- 'appended', 'known' (every retry of the same ids) or 'conflict' with the stream's current version. Ids of which only
-- some are known, and versions that would leave a gap, are conflicts too: somebody else was first, decide anew.
-- Version 0 asks for the next one: for reactions, whose order is the log's and whose ids are derived.
-- Where all of them are appended, one row says so for all: `req` is null, `first` the position of the first event, and
-- `places` the versions of all events in order, or null where they are those that were asked for.
create or replace function log.append(
    request int[], ids uuid[], streams text[], versions int[], types text[], datas text[], metas text[],
    key_request int[], key_subject text[], key_wrapped bytea[]
) returns table (req int, verdict text, first bigint, places int[], current int, stream_at text, at timestamptz)
language plpgsql security definer set search_path = log, pg_temp
-- Plans are kept for a session: one made while the log was short must not read all of it when it is long. Left to
-- itself the server would plan anew for every batch, taking each array's length for news.
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    base bigint;
    moment timestamptz;
    allowed text[];
    stranger text;
    landed int;
begin
    -- Held until the commit, so what follows has to be short.
    update log.head
    set position = position + cardinality(ids), recorded_at = greatest(recorded_at, clock_timestamp())
    returning position - cardinality(ids), recorded_at, (select prefixes from log.writers where role = session_user)
    into base, moment, allowed;
    if allowed is null then
        raise exception 'role % may not append', session_user using errcode = '42501';
    end if;
    -- Nearly always every stream is the role's, no id is known and every version is the next one. Then the insert below
    -- says it all: what is there already the table's keys refuse, and it leaves out events that are not next to anything.
    -- Where it cannot insert all of them, none of it has happened, and they are looked at one by one.
    begin
        if 0 = any(versions) then
            select array_agg(n.place order by n.o) into places from (
                select u.o, case when u.version > 0 then u.version
                    else coalesce(h.version, 0) + row_number() over (partition by u.stream, u.version > 0 order by u.o)
                    end as place
                from unnest(streams, versions) with ordinality as u(stream, version, o) left join lateral (
                    select e.version from log.events e where e.stream = u.stream order by e.version desc limit 1
                ) h on u.version = 0
            ) n;
        end if;
        insert into log.events (position, id, stream, version, type, data, meta, recorded_at)
        select base + u.o, u.id, u.stream, u.version, u.type, u.data::json, u.meta::json, moment
        from unnest(ids, streams, coalesce(places, versions), versions, types, datas, metas) with ordinality
            as u(id, stream, version, asked, type, data, meta, o)
        where (split_part(u.stream, '-', 1) = any(allowed) or '*' = any(allowed)) and (
            u.asked = 0 or u.version = 1
            or (request[u.o - 1] = request[u.o] and versions[u.o - 1] = u.version - 1 and streams[u.o - 1] = u.stream)
            -- not `exists`, which the planner may answer by reading all versions of all streams
            or (select true from log.events e where e.stream = u.stream and e.version = u.version - 1)
        );
        get diagnostics landed = row_count;
        if landed < cardinality(ids) then
            raise exception 'not all of them' using errcode = 'RG004';
        end if;
        if cardinality(key_subject) > 0 then
            insert into vault.keys (subject, wrapped)
            select k.subject, k.wrapped from unnest(key_subject, key_wrapped) as k(subject, wrapped);
        end if;
        verdict := 'appended';
        first := base + 1;
        at := moment;
        return next;
        return;
    exception when unique_violation or sqlstate 'RG004' then
        null;
    end;
    if not '*' = any(allowed) then
        select s into stranger from unnest(streams) s where not split_part(s, '-', 1) = any(allowed) limit 1;
        if stranger is not null then
            raise exception 'role % may not append to %', session_user, stranger using errcode = '42501';
        end if;
    end if;
    return query
    with x as (
        select * from unnest(request, ids, streams, versions, types, datas, metas) with ordinality
            as u(req, id, stream, version, type, data, meta, o)
    ), st as (
        select x.req, x.stream, min(x.version) as first, max(x.version) as last, count(*) as events,
            coalesce(max(h.version), 0) as current
        from x left join lateral (
            select e.version from log.events e where e.stream = x.stream order by e.version desc limit 1
        ) h on true
        group by x.req, x.stream
    ), known as (
        select x.req, min(e.position) as first, array_agg(e.version order by x.o) as places, bool_and(e.stream = x.stream) as same,
            count(*) = (select count(*) from x as y where y.req = x.req)
                and max(e.position) - min(e.position) + 1 = count(*) as whole, min(e.stream) as stream,
            max(e.version) as current, min(e.recorded_at) as at
        from x join log.events e on e.id = x.id group by x.req
    ), bad as (
        select distinct on (st.req) st.req, st.current, st.stream from st
        where st.last > 0 and (st.current <> st.first - 1 or st.last <> st.current + st.events)
        order by st.req, st.stream
    ), good as (
        select x.*, base + row_number() over (order by x.o) as position,
            case when x.version > 0 then st.current + row_number() over (partition by x.req, x.stream order by x.o)
                 else st.current + row_number() over (partition by x.stream order by x.o) end as place
        from x join st on st.req = x.req and st.stream = x.stream
        where x.req not in (select req from bad) and x.req not in (select req from known)
    ), inserted as (
        insert into log.events (position, id, stream, version, type, data, meta, recorded_at)
        select position, id, stream, place, type, data::json, meta::json, moment from good order by position
    ), keys as (
        insert into vault.keys (subject, wrapped)
        select k.subject, k.wrapped from unnest(key_request, key_subject, key_wrapped) as k(req, subject, wrapped)
        where k.req in (select req from good)
    )
    select g.req, 'appended', min(g.position), array_agg(g.place::int order by g.o), 0, '', moment from good g group by g.req
    union all
    select k.req, case when not k.same then 'stolen' when k.whole then 'known' else 'conflict' end,
        k.first, k.places, k.current, k.stream, k.at from known k
    union all
    select b.req, 'conflict', 0, null, b.current, b.stream, moment from bad b where b.req not in (select req from known);
    update log.head set position = base + (select count(*) from log.events where position > base);
end $$;

-- A follower's step as one statement: the caller moves its cursor and writes its views in the same statement, whose
-- counts are asked for here, so that all of it comes before the append, which holds the head until the commit.
-- Raises RG001 where somebody else had moved the cursor, RG002 where views did not get the rows they were to get,
-- RG003 where a request was refused; then none of it has happened.
create or replace function log.step(
    moved bigint, added bigint, expected bigint, written bigint,
    request int[], ids uuid[], streams text[], versions int[], types text[], datas text[], metas text[],
    key_request int[], key_subject text[], key_wrapped bytea[]
) returns table (req int, verdict text, first bigint, places int[], current int, stream_at text, at timestamptz)
language plpgsql as $$
begin
    if moved <> 1 then
        raise exception 'the cursor is somewhere else' using errcode = 'RG001';
    end if;
    if added <> expected then
        raise exception 'rows were there before' using errcode = 'RG002';
    end if;
    if cardinality(ids) > 0 then
        for req, verdict, first, places, current, stream_at, at in select * from log.append(
            request, ids, streams, versions, types, datas, metas, key_request, key_subject, key_wrapped
        ) loop
            if verdict not in ('appended', 'known') then
                raise exception 'request % is refused: %', req, verdict using errcode = 'RG003';
            end if;
            return next;
        end loop;
    end if;
end $$;

-- The end of the log once no append is under way: whatever is recorded later is stamped later. A deadline may only
-- ring when everything up to this position has been taken in; a plain look could miss an append already stamped.
create or replace function log.watermark() returns table (place bigint, at timestamptz)
language plpgsql security definer set search_path = log, pg_temp as $$
begin
    select position into place from log.head for share;
    select greatest(recorded_at, clock_timestamp()) into at from log.head;
    return next;
end $$;

-- A page of the log as one JSON text: decoded in one go by whoever reads it, and the very text that was stored.
-- Joined from both ends, since each `||` copies what is on its left: a tenth of what reading a page costs.
create or replace function log.line(e log.events) returns text language sql stable as $$
    select '{"position":' || e.position || ',"id":"' || e.id || (
        ('","stream":"' || e.stream || '","version":' || e.version)
        || (',"recorded_at":"' || to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","data":')
        || (e.data::text || (',"meta":' || e.meta::text || '}'))
    )
$$;

create or replace function log.page(after bigint, upto int) returns text language sql stable as $$
    select '[' || coalesce(string_agg(log.line(page), ',' order by position), '') || ']'
    from (select * from log.events where position > after order by position limit upto) page
$$;

create or replace function log.stream(name text, after int) returns text language sql stable as $$
    select '[' || coalesce(string_agg(log.line(e), ',' order by version), '') || ']'
    from log.events e where stream = name and version > after
$$;

-- One service's own reactions within a range: whoever takes over must know them before it decides anything.
drop function if exists log.reactions(bigint, text);
create or replace function log.reactions(after bigint, upto bigint, service text) returns text language sql stable as $$
    select '[' || coalesce(string_agg(log.line(e), ',' order by position), '') || ']'
    from log.events e
    where position > after and position <= upto and meta->>'actor' = service and meta->>'reaction' is not null
$$;

-- The next seal, over events that are there and right after the one before: no service can seal what it likes.
create or replace function log.seal(first bigint, last bigint, leaves bytea, root bytea, previous bytea) returns void
language plpgsql security definer set search_path = log, pg_temp as $$
#variable_conflict use_column
declare
    before log.seals;
begin
    lock table log.seals in share row exclusive mode;
    select * into before from log.seals order by number desc limit 1;
    if seal.first <> coalesce(before.last, 0) + 1 or seal.last > (select position from log.head)
        or length(seal.leaves) <> 32 * (seal.last - seal.first + 1) or length(seal.leaves) = 0
        or seal.previous <> coalesce(before.root, decode(repeat('00', 32), 'hex')) then
        raise exception 'this seal does not follow from the one before it' using errcode = '42501';
    end if;
    insert into log.seals (number, first, last, leaves, root, previous)
    values (coalesce(before.number, 0) + 1, seal.first, seal.last, seal.leaves, seal.root, seal.previous);
end $$;

revoke execute on all functions in schema log from public;
