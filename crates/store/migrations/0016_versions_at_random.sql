-- Versions are numbers at random now and count nothing: a database that loses what it acknowledged would come to the same count again.
alter table keyword_head rename column turns to grams_version;
