-- How often the sets of a block were written: what is kept in memory of one version stays true of it.
alter table conversation_block add column sets_version bigint not null default 0;
