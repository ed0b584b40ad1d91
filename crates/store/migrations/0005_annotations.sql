-- What is remarked on conversations and their messages, and how conversations are assessed.

-- Moments, behaviors, actions, hints and comments, by their kinds.
create table annotation (
    profile_key bigint not null,
    conversation_key bigint not null,
    kind bigint not null,
    annotation_id text not null,
    -- The moment's name, the name of the behavior, action or hint, or the comment's text.
    content text not null,
    message_id text,
    -- Bytes of the message's text; both 0 = all of it.
    span_start bigint not null,
    span_end bigint not null,
    adherence bigint not null,
    source bigint not null,
    live_assist bigint not null,
    author text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    primary key (profile_key, conversation_key, kind, annotation_id)
) /*clustered*/;

create table scorecard (
    profile_key bigint not null,
    scorecard_id text not null,
    conversation_key bigint not null,
    template_id text not null,
    revision bigint not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    primary key (profile_key, scorecard_id)
) /*clustered*/;

create index scorecard_by_conversation on scorecard (profile_key, conversation_key, scorecard_id);
create index scorecard_by_template on scorecard (profile_key, template_id);

-- One row a revision; they never change.
create table scorecard_template (
    profile_key bigint not null,
    template_id text not null,
    revision bigint not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    primary key (profile_key, template_id, revision)
) /*clustered*/;

-- The events that tell of a used suggestion; other events are not in it.
create index event_by_suggestion_usage on event (profile_key, event_time, conversation_key, sequence)
    where kind in (4, 5, 9, 10, 13, 14);
