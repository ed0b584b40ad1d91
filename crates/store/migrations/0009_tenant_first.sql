-- The tenant leads every primary key and every index, so that the tables can be spread by tenant.

create table customer_api_key (
    customer_key bigint not null references customer (customer_key),
    key_id text not null,
    secret_mac bytea not null,
    body text not null,
    create_time bigint not null,
    update_time bigint not null,
    version bigint not null,
    revoke_time bigint,
    last_use_time bigint,
    primary key (customer_key, key_id)
) /*clustered*/;

insert into customer_api_key
    select customer_key, key_id, secret_mac, body, create_time, update_time, version, revoke_time, last_use_time
    from api_key;

drop table api_key;
alter table customer_api_key rename to api_key;

drop index idempotency_by_expiry;
create index idempotency_by_expiry on idempotency (customer_key, expire_time);
