-- What a customer's contact reads: the own environments and what runs on them.

SELECT open_to_contacts('environments',
    $$customer = (SELECT current_setting('opsdesk.customer', true))$$);
SELECT open_to_contacts('running',
    'EXISTS (SELECT FROM environments WHERE environments.id = environment_id)');
