-- What one service's follower remembers beside its views: how far it is, what it parked, a disposable snapshot.
create table if not exists cursor (
    follower text primary key,
    position bigint not null
);
create table if not exists parked (
    follower text not null,
    position bigint not null,
    id uuid not null,
    subject text not null,
    reason text not null,
    replay bool not null default false,
    parked_at timestamptz not null default clock_timestamp(),
    primary key (follower, position)
);
create table if not exists snapshot (
    follower text primary key,
    position bigint not null,
    code text not null,
    state bytea not null
);
create table if not exists view_state (
    follower text primary key,
    code text not null
);
