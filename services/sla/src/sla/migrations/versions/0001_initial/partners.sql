-- What a business partner's person reads: the partner's own contracts, how they were kept, and of a
-- ticket what such a promise is about. They work as the contacts' role, for whom no customer is set.

CREATE FUNCTION own_partner() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('opsdesk.partner', true), '')
$$;

-- Nothing to write: a policy for reading lets nobody change a row.
CREATE FUNCTION open_to_partners(name text, visible text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('CREATE POLICY of_the_partner ON %I FOR SELECT TO opsdesk_sla_contact USING (%s)',
        name, visible);
END $$;
REVOKE EXECUTE ON FUNCTION open_to_partners FROM PUBLIC;
COMMENT ON FUNCTION open_to_partners IS
    'Of migrations: lets partners'' people read the rows of a table that `visible` names.';

SELECT open_to_contacts('partners', 'key = (SELECT own_partner())');

-- Asked in the owner's name, since the policy of agreements looks at their versions.
CREATE FUNCTION is_own_contract(agreement uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = sla, pg_temp AS $$
    SELECT EXISTS (SELECT FROM agreements
        WHERE id = agreement AND contract = 'uc' AND partner = own_partner())
$$;
SELECT open_to_partners('agreements', $$contract = 'uc' AND partner = (SELECT own_partner())$$);
SELECT open_to_partners('agreement_versions',
    '(SELECT own_partner()) IS NOT NULL AND published_at IS NOT NULL AND is_own_contract(agreement_id)');

-- With the clocks come their inputs, and the approvals that cover a breach of theirs.
SELECT open_to_partners('clocks', $$contract = 'uc' AND partner = (SELECT own_partner())$$);
SELECT open_to_partners('tickets', '(SELECT own_partner()) IS NOT NULL
    AND EXISTS (SELECT FROM clocks WHERE clocks.ticket_id = tickets.id)');

SELECT open_to_partners(name, $$contract = 'uc' AND (SELECT own_partner()) IS NOT NULL
    AND agreement IN (SELECT agreements.key FROM agreements)$$)
FROM unnest(ARRAY['clock_figures', 'time_figures', 'time_sums']) AS name;
-- Their figures are by the customers' days, as ours of them are; of customers that is the zone alone.
CREATE FUNCTION zone_of_customer(customer uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = sla, pg_temp AS $$
    SELECT day_zone FROM customers WHERE id = customer
$$;
-- How many days wait to be counted.
SELECT open_to_partners('dirty_days', '(SELECT own_partner()) IS NOT NULL');
