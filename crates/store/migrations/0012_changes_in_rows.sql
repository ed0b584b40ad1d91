-- A row of the log holds the changes that one group of writes made to a profile: its columns the last of them, whose number
-- is the row's, and `earlier` those before it.

alter table change add column earlier bytea;
