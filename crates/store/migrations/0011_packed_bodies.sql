-- Bodies of conversations, messages and events are packed bytes; what is stored already stays JSON, as bytes.
--
-- In SQLite messages and events are from now on stored in the order of their keys: no index beside them, and what belongs to
-- a conversation is read in one go. PostgreSQL knows no such order.

/*postgres
alter table conversation alter column body type bytea using convert_to(body, 'UTF8');
alter table message alter column body type bytea using convert_to(body, 'UTF8');
alter table event alter column body type bytea using convert_to(body, 'UTF8');
*/

/*sqlite
create table packed_conversation (
    profile_key bigint not null references profile (profile_key),
    conversation_key bigint not null,
    conversation_id text not null,
    start_time bigint not null,
    platform_conversation_id text not null,
    platform_account_id text not null,
    body bytea not null,
    primary key (profile_key, conversation_key)
);

insert into packed_conversation
    select profile_key, conversation_key, conversation_id, start_time, platform_conversation_id, platform_account_id,
        cast(body as blob)
    from conversation order by profile_key, conversation_key;

drop table conversation;
alter table packed_conversation rename to conversation;

create unique index conversation_by_id on conversation (profile_key, conversation_id);
create index conversation_by_platform on conversation (profile_key, substr(platform_conversation_id, 1, 200))
    where platform_conversation_id <> '';

create table clustered_message (
    profile_key bigint not null,
    conversation_key bigint not null,
    position bigint not null,
    message_id text not null,
    create_time bigint not null,
    update_time bigint not null,
    delete_time bigint,
    content text not null,
    body bytea not null,
    is_given bigint not null default 1,
    primary key (profile_key, conversation_key, position)
) without rowid;

insert into clustered_message
    select profile_key, conversation_key, position, message_id, create_time, update_time, delete_time, content,
        cast(body as blob), is_given
    from message order by profile_key, conversation_key, position;

drop table message;
alter table clustered_message rename to message;

create unique index message_by_given_id on message (profile_key, conversation_key, message_id) where is_given = 1;

create table clustered_event (
    profile_key bigint not null,
    conversation_key bigint not null,
    sequence bigint not null,
    event_id text not null,
    kind bigint not null,
    event_time bigint not null,
    create_time bigint not null,
    actor text not null,
    body bytea not null,
    is_given bigint not null default 1,
    primary key (profile_key, conversation_key, sequence)
) without rowid;

insert into clustered_event
    select profile_key, conversation_key, sequence, event_id, kind, event_time, create_time, actor,
        cast(body as blob), is_given
    from event order by profile_key, conversation_key, sequence;

drop table event;
alter table clustered_event rename to event;

create unique index event_by_given_id on event (profile_key, conversation_key, event_id) where is_given = 1;
create index event_by_suggestion_usage on event (profile_key, event_time, conversation_key, sequence)
    where kind in (4, 5, 9, 10, 13, 14);
*/
