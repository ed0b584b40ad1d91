-- What one of the servers that share a store does for all of them, until a time. A store of one server needs none.
create table lease (
    name text primary key,
    holder text not null,
    until_time bigint not null
) /*clustered*/;
