-- Where the page of a draw leads who has won.

alter table draws add column checkout_url text;
