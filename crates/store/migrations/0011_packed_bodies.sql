-- Bodies of conversations, messages and events are packed bytes; what is stored already stays JSON, as bytes.
--
-- A column of SQLite takes either, so that there nothing has to be written again.

/*postgres
alter table conversation alter column body type bytea using convert_to(body, 'UTF8');
alter table message alter column body type bytea using convert_to(body, 'UTF8');
alter table event alter column body type bytea using convert_to(body, 'UTF8');
*/
