-- Where the clock of the store stood when it was last written down. One row.
create table clock_mark (
    name text not null primary key,
    latest_time bigint not null,
    counted_time bigint not null
);
