-- What is read of a block is kept in memory for as long as these stand.
alter table conversation_block add column sets_version bigint not null default 0;
alter table conversation_block add column times_version bigint not null default 0;
alter table conversation_block add column grams_version bigint not null default 0;
-- Of all grams of a profile: they follow the log in turns of their own.
alter table keyword_head add column grams_version bigint not null default 0;
