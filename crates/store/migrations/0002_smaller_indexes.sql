-- Indexes hold what can be found through them, and nothing else.
--
-- Ids that the service makes tell the place of their message or event; only given ids need an index.
-- What is there already counts as given.

alter table message add column is_given bigint not null default 1;
drop index message_by_id;
create unique index message_by_given_id on message (profile_key, conversation_key, message_id) where is_given = 1;

alter table event add column is_given bigint not null default 1;
drop index event_by_id;
create unique index event_by_given_id on event (profile_key, conversation_key, event_id) where is_given = 1;

drop index conversation_by_agent;
create index conversation_by_agent on conversation (profile_key, agent, start_time, conversation_id)
    where agent is not null;
drop index conversation_by_platform;
create index conversation_by_platform on conversation (profile_key, platform_conversation_id)
    where platform_conversation_id <> '';
drop index conversation_by_correlation;
create index conversation_by_correlation on conversation (profile_key, correlation_id) where correlation_id <> '';
