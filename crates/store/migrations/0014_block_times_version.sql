-- How often the times of a block were written, as `sets_version` tells of its sets.
alter table conversation_block add column times_version bigint not null default 0;
