-- The index that filters are answered from: sets of conversations by term and block, their times, and the bounds of
-- each block's times. What is there already is put in at the first start (conversation_index_progress tells how far).
--
-- The columns of a conversation that only filters read go, with their indexes.

create table conversation_term (
    profile_key bigint not null,
    block bigint not null,
    term bytea not null,
    members bytea not null,
    primary key (profile_key, block, term)
) /*clustered*/;

-- The terms of the newest conversations, which are in no set yet.
create table fresh_terms (
    profile_key bigint not null,
    conversation_key bigint not null,
    terms bytea not null,
    primary key (profile_key, conversation_key)
) /*clustered*/;

create table conversation_times (
    profile_key bigint not null,
    chunk bigint not null,
    times bytea not null,
    primary key (profile_key, chunk)
) /*clustered*/;

-- The conversations of a profile in the order in which they began, some hundred a row.
create table conversation_run (
    profile_key bigint not null,
    from_time bigint not null,
    from_conversation bigint not null,
    starts bytea not null,
    primary key (profile_key, from_time, from_conversation)
) /*clustered*/;

create table conversation_block (
    profile_key bigint not null,
    block bigint not null,
    min_start bigint not null,
    max_start bigint not null,
    min_update bigint not null,
    max_update bigint not null,
    primary key (profile_key, block)
) /*clustered*/;

-- One row.
create table conversation_index_progress (
    name text not null primary key,
    form bigint not null,
    profile_key bigint not null,
    next_number bigint not null,
    is_done bigint not null
);

create table lean_conversation (
    profile_key bigint not null references profile (profile_key),
    conversation_key bigint not null,
    conversation_id text not null,
    start_time bigint not null,
    platform_conversation_id text not null,
    platform_account_id text not null,
    body text not null,
    primary key (profile_key, conversation_key)
);

insert into lean_conversation
    select profile_key, conversation_key, conversation_id, start_time, platform_conversation_id, platform_account_id,
        body
    from conversation;

drop table conversation;
alter table lean_conversation rename to conversation;

create unique index conversation_by_id on conversation (profile_key, conversation_id);
create index conversation_by_platform on conversation (profile_key, platform_conversation_id)
    where platform_conversation_id <> '';

drop table conversation_metadata;

-- Which conversations say something that holds three letters in a row: the index of keywords. It follows the log.
create table keyword_gram (
    profile_key bigint not null,
    block bigint not null,
    gram bytea not null,
    members bytea not null,
    primary key (profile_key, block, gram)
) /*clustered*/;

-- The change up to which a profile's texts are in the index of keywords.
create table keyword_head (
    profile_key bigint not null primary key,
    change_seq bigint not null
);

-- Texts that still grow: they enter the index of keywords when they are final.
create table growing_text (
    profile_key bigint not null,
    conversation_key bigint not null,
    position bigint not null,
    primary key (profile_key, conversation_key, position)
) /*clustered*/;
