-- The page of the shop that has a line, to which mails at the turn lead.

alter table queues add column page_url text;
