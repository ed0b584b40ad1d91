-- A platform's own id of a conversation may be longer than an index entry of a database: its beginning is indexed.

drop index conversation_by_platform;
create index conversation_by_platform on conversation (profile_key, substr(platform_conversation_id, 1, 200))
    where platform_conversation_id <> '';
