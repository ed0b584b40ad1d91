-- The record: tenants, directory, conversations and what belongs to them.
-- Times are integer microseconds since the Unix epoch, booleans 0 or 1, bodies JSON text.

create table store_secret (
    name text not null primary key,
    secret bytea not null
);

-- The last key given to a customer and to a profile. Keys of deleted ones are not given again: whoever
-- was admitted to the old one may still be waiting to read.
create table key_head (
    kind text not null primary key,
    last_key bigint not null
);

create table customer (
    customer_key bigint not null primary key,
    customer_id text not null unique,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null
);

create table profile (
    profile_key bigint not null primary key,
    customer_key bigint not null references customer (customer_key),
    profile_id text not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    unique (customer_key, profile_id)
);

-- One row a profile: the last number given to a change and to a conversation.
create table profile_head (
    profile_key bigint not null primary key references profile (profile_key),
    change_seq bigint not null,
    conversation_seq bigint not null
);

create table api_key (
    key_id text not null primary key,
    customer_key bigint not null references customer (customer_key),
    secret_mac bytea not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    revoke_time bigint,
    last_use_time bigint
);

create index api_key_by_customer on api_key (customer_key, key_id);

-- Users, teams and groups (profile_key 0), usecases, tags and moments of a profile.
create table directory_entry (
    customer_key bigint not null references customer (customer_key),
    profile_key bigint not null,
    collection text not null,
    entry_id text not null,
    team text,
    is_dev_user bigint not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    primary key (customer_key, profile_key, collection, entry_id)
) /*clustered*/;

create index directory_entry_by_team on directory_entry (customer_key, team);

create table conversation (
    profile_key bigint not null references profile (profile_key),
    conversation_key bigint not null,
    conversation_id text not null,
    state bigint not null,
    status bigint not null,
    agent text,
    start_time bigint not null,
    end_time bigint,
    update_time bigint not null,
    delete_time bigint,
    platform_conversation_id text not null,
    platform_account_id text not null,
    correlation_id text not null,
    channel bigint not null,
    source bigint not null,
    language_code text not null,
    usecase_id text not null,
    sharing_state bigint not null,
    audio_persistence_state bigint not null,
    corruption_state bigint not null,
    persistence_state bigint not null,
    raise_hand_state bigint not null,
    direction bigint not null,
    skill text not null,
    visitor_id text not null,
    virtual_agent text not null,
    deployment_config_id text not null,
    display_name_folded text not null,
    body text not null,
    primary key (profile_key, conversation_key)
);

create unique index conversation_by_id on conversation (profile_key, conversation_id);
create index conversation_by_start on conversation (profile_key, start_time, conversation_id);
create index conversation_by_update on conversation (profile_key, update_time, conversation_id);
create index conversation_by_agent on conversation (profile_key, agent, start_time, conversation_id);
create index conversation_by_state on conversation (profile_key, state, start_time, conversation_id);
create index conversation_by_platform on conversation (profile_key, platform_conversation_id);
create index conversation_by_correlation on conversation (profile_key, correlation_id);

-- What moves with every message and event, apart from the body so that an append stays small.
create table conversation_counter (
    profile_key bigint not null,
    conversation_key bigint not null,
    message_count bigint not null,
    event_count bigint not null,
    last_message_time bigint,
    primary key (profile_key, conversation_key)
) /*clustered*/;

create table message (
    profile_key bigint not null,
    conversation_key bigint not null,
    position bigint not null,
    message_id text not null,
    create_time bigint not null,
    update_time bigint not null,
    delete_time bigint,
    content text not null,
    body text not null,
    primary key (profile_key, conversation_key, position)
);

create unique index message_by_id on message (profile_key, conversation_key, message_id);

create table event (
    profile_key bigint not null,
    conversation_key bigint not null,
    sequence bigint not null,
    event_id text not null,
    kind bigint not null,
    event_time bigint not null,
    create_time bigint not null,
    actor text not null,
    body text not null,
    primary key (profile_key, conversation_key, sequence)
);

create unique index event_by_id on event (profile_key, conversation_key, event_id);

create table conversation_tag (
    profile_key bigint not null,
    tag_id text not null,
    conversation_key bigint not null,
    primary key (profile_key, tag_id, conversation_key)
) /*clustered*/;

create index conversation_tag_by_conversation on conversation_tag (profile_key, conversation_key, tag_id);

create table conversation_metadata (
    profile_key bigint not null,
    conversation_key bigint not null,
    metadata_key text not null,
    place bigint not null,
    text_value text,
    number_value double precision,
    boolean_value bigint,
    primary key (profile_key, metadata_key, conversation_key, place)
) /*clustered*/;

create index conversation_metadata_by_conversation on conversation_metadata (profile_key, conversation_key);

-- The ordered log of committed changes. Names and numbers only.
create table change (
    profile_key bigint not null,
    change_seq bigint not null,
    conversation_key bigint not null,
    conversation_id text not null,
    kind bigint not null,
    part_id text,
    sequence bigint not null,
    change_time bigint not null,
    -- The agent of a conversation that is gone, so that an agent's own deletions stay visible to it.
    agent text,
    primary key (profile_key, change_seq)
) /*clustered*/;

create table idempotency (
    customer_key bigint not null,
    method text not null,
    idempotency_key text not null,
    fingerprint bytea not null,
    receipt text not null,
    expire_time bigint not null,
    primary key (customer_key, method, idempotency_key)
) /*clustered*/;

create index idempotency_by_expiry on idempotency (expire_time);

create table audit_entry (
    customer_key bigint not null,
    number bigint not null,
    event_time bigint not null,
    actor text not null,
    action text not null,
    resource text not null,
    request_id text not null,
    primary key (customer_key, number)
) /*clustered*/;
