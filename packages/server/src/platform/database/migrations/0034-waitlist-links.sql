-- Where who cannot join a line can ask to be told.

alter table queues add column waitlist_url text;
