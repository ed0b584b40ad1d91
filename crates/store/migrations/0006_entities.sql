-- Where an entity was masked, of the annotations that tell so: the field of the message (empty = its text) and the
-- bytes of what was given. Null = no masked entity.
alter table annotation add column masked_field text;
alter table annotation add column original_start bigint not null default 0;
alter table annotation add column original_end bigint not null default 0;
