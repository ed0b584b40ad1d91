-- Ids that the service makes tell the place of their message or event; only given ids need an index.
-- What is there already counts as given.

alter table message add column is_given bigint not null default 1;
drop index message_by_id;
create unique index message_by_given_id on message (profile_key, conversation_key, message_id) where is_given = 1;

alter table event add column is_given bigint not null default 1;
drop index event_by_id;
create unique index event_by_given_id on event (profile_key, conversation_key, event_id) where is_given = 1;
