-- Whether partitions by time pay for idempotency keys, the only rows of the store that go by age alone (72 hours).
--
--   createdb yard; psql -X -d yard -f bench/sql/partitions.sql
--
-- A key must be found without its time, so that each look-up asks every partition; uniqueness then rests on the claim of
-- the key (decision 0041), because a unique constraint must hold the partition's key.

\set ON_ERROR_STOP on
\pset footer off
set client_min_messages = warning;

create schema if not exists partitions;
set search_path = partitions;
drop table if exists plain, parted;

create table plain (
    customer_key bigint not null, method text collate "C" not null, idempotency_key text collate "C" not null,
    fingerprint bytea not null, receipt text not null, expire_time bigint not null,
    primary key (customer_key, method, idempotency_key)
);
create index on plain (customer_key, expire_time);

create table parted (like plain) partition by range (expire_time);
create index on parted (customer_key, method, idempotency_key);
-- Four days of which three are full: one is made ahead.
select format('create table parted_%s partition of parted for values from (%s) to (%s)',
    day, day * 86400::bigint * 1000000, (day + 1) * 86400::bigint * 1000000)
from generate_series(0, 3) day
\gexec

create or replace procedure fill(place text) language plpgsql as $$
begin
    execute format('insert into %I
        select n %% 20, ''CreateConversationMessage'', md5(n::text), decode(md5(n::text) || md5(n::text), ''hex''),
            ''{"created":true,"ids":["m"]}'', n::bigint * 259200
        from generate_series(0, 999999) n', place);
end $$;

create or replace function find_many(place text) returns bigint language plpgsql as $$
declare
    found bigint := 0;
    one bigint;
begin
    for n in 1..100000 loop
        execute format('select count(*) from %I where customer_key = $1 and method = $2 and idempotency_key = $3
            and expire_time > 0', place)
            into one using (n * 7) % 20, 'CreateConversationMessage', md5((n * 7)::text);
        found := found + one;
    end loop;
    return found;
end $$;

\timing on
\echo 'a million keys of 72 hours: plain, partitions'
call fill('plain');
call fill('parted');
\timing off
analyze plain; analyze parted;
\timing on
\echo '100,000 look-ups: plain, partitions'
select find_many('plain');
select find_many('parted');
\echo 'the first day goes: delete and vacuum, drop'
delete from plain where customer_key in (select generate_series(0, 19)) and expire_time < 86400::bigint * 1000000;
vacuum plain;
drop table parted_0;
\timing off
drop schema partitions cascade;
