-- How often the grams of a block were written, as `sets_version` tells of its sets.
alter table conversation_block add column grams_version bigint not null default 0;
-- How often any grams of the profile were written: the index follows the log in turns of its own.
alter table keyword_head add column turns bigint not null default 0;
