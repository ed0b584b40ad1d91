-- What was removed from conversations on demand, and the jobs that remove. No row holds what was removed; what a job
-- looks for is sealed, and gone when it ends.

create table redaction_receipt (
    profile_key bigint not null references profile (profile_key),
    receipt_id text not null,
    conversation_id text not null,
    job_id text,
    actor text not null,
    reason text not null,
    places text not null,
    create_time bigint not null,
    primary key (profile_key, receipt_id)
) /*clustered*/;

create index redaction_receipt_by_conversation on redaction_receipt (profile_key, conversation_id, receipt_id);

create table redaction_job (
    profile_key bigint not null references profile (profile_key),
    job_id text not null,
    is_open bigint not null,
    body text not null,
    -- Whom an open job looks for.
    sealed bytea,
    create_time bigint not null,
    update_time bigint not null,
    primary key (profile_key, job_id)
) /*clustered*/;

-- The numbers of the conversations that an open job has yet to go through, some at a time.
create table redaction_job_batch (
    profile_key bigint not null,
    job_id text not null,
    batch bigint not null,
    numbers text not null,
    primary key (profile_key, job_id, batch)
) /*clustered*/;
