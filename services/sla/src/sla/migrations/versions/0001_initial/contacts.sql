-- What a customer's contact reads and writes: the rows of the own customer, whatever a query asks.

CREATE FUNCTION is_for_a_customer() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('opsdesk.customer', true), '') <> ''
$$;
CREATE FUNCTION own_customer() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT id FROM sla.customers WHERE key = current_setting('opsdesk.customer', true)
$$;

SELECT open_to_contacts('customers', $$key = (SELECT current_setting('opsdesk.customer', true))$$);
SELECT open_to_contacts('environments', 'customer_id = (SELECT own_customer())');

-- Agreements: what was published to the customer, or awaits a signature. What was said about a
-- version is for the customer with whom it is made, not for others whom it covers.
-- The house-wide default is everybody's; asked in the owner's name, since the policy of agreements looks here.
CREATE FUNCTION is_house_default(agreement uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = sla, pg_temp AS $$
    SELECT contract = 'sla' AND customer_id IS NULL FROM agreements WHERE id = agreement
$$;
SELECT open_to_contacts('agreement_versions',
    $$(SELECT own_customer()) = ANY (customers) AND (published_at IS NOT NULL
        OR (customer_signs AND state IN ('proposed', 'agreed')))
    OR customers = '{}' AND published_at IS NOT NULL AND (SELECT is_for_a_customer())
        AND is_house_default(agreement_id)$$);
SELECT open_to_contacts('agreements',
    $$contract = 'sla' AND EXISTS (SELECT FROM agreement_versions
        WHERE agreement_versions.agreement_id = agreements.id)$$);
SELECT open_to_contacts('agreement_comments',
    $$EXISTS (SELECT FROM agreement_versions JOIN agreements
        ON agreements.id = agreement_versions.agreement_id
        WHERE agreement_versions.id = version_id
            AND agreements.customer_id = (SELECT own_customer()))$$,
    'SELECT, INSERT');
SELECT open_to_contacts('coverage_extensions',
    'EXISTS (SELECT FROM agreements WHERE agreements.id = agreement_id)');
GRANT UPDATE (sequence) ON agreements TO opsdesk_sla_contact;
GRANT UPDATE (state, customer_signs, approved_by, approved_at, countersigned_by, countersigned_at,
    countersigned_for, published_by, published_at, declined_by, declined_at)
    ON agreement_versions TO opsdesk_sla_contact;

-- An event names all whom an agreement covers, also where one of them, who sees no other, signs it.
CREATE FUNCTION customer_keys(ids uuid[]) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = sla, pg_temp AS $$
    SELECT array_agg(key ORDER BY nth)
    FROM unnest(ids) WITH ORDINALITY named (id, nth) LEFT JOIN customers USING (id)
$$;

-- A version that its customer refuses to sign is a draft again, which no contact sees: their role may not make it so.
CREATE FUNCTION return_to_draft(declined uuid, account text, moment timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = sla, pg_temp AS $$
    UPDATE agreement_versions SET state = 'draft', approved_by = NULL, approved_at = NULL,
        countersigned_by = NULL, countersigned_at = NULL, countersigned_for = NULL,
        declined_by = account, declined_at = moment
    FROM agreements
    WHERE agreement_versions.id = declined AND state = 'proposed' AND customer_signs
        AND agreements.id = agreement_id AND agreements.customer_id = own_customer()
$$;

-- Tickets and clocks: promises to the customer, not those of partners and second level to us.
SELECT open_to_contacts('tickets', 'customer_id = (SELECT own_customer())');
SELECT open_to_contacts('ticket_state_changes', 'customer_id = (SELECT own_customer())');
SELECT open_to_contacts('clocks', $$customer_id = (SELECT own_customer()) AND contract = 'sla'$$);
SELECT open_to_contacts('clock_inputs',
    'EXISTS (SELECT FROM clocks WHERE clocks.id = clock_id)');
SELECT open_to_contacts('waivers', 'customer_id = (SELECT own_customer())
    OR EXISTS (SELECT FROM clocks WHERE clocks.id = clock_id)');
SELECT open_to_contacts('forecasts', 'customer_id = (SELECT own_customer())');

-- Outages and maintenance: the own ones and those of everybody.
SELECT open_to_contacts('outages', 'customer_id = (SELECT own_customer())
    OR customer_id IS NULL AND (SELECT is_for_a_customer())');
SELECT open_to_contacts('outage_records',
    'EXISTS (SELECT FROM outages WHERE outages.id = outage_id)');
SELECT open_to_contacts('maintenance_windows',
    'customer_id = (SELECT own_customer()) OR customer_id IS NULL AND (SELECT is_for_a_customer())',
    'SELECT, UPDATE');

-- Figures.
SELECT open_to_contacts(name, 'customer_id = (SELECT own_customer())') FROM unnest(ARRAY[
    'dirty_days', 'ticket_figures', 'clock_figures', 'time_figures', 'time_sums',
    'time_entries', 'time_entry_figures', 'reserved_hours_accounts', 'reserved_hours_bookings']) AS name;
SELECT open_to_contacts('series', 'customer_id = (SELECT own_customer())');
SELECT open_to_contacts(name, 'EXISTS (SELECT FROM series WHERE series.id = series_id)')
FROM unnest(ARRAY[
    'measured_promises', 'usage_limits', 'samples', 'sample_days', 'capacity_forecasts']) AS name;

-- Reviews: what was published.
SELECT open_to_contacts('reviews', 'customer_id = (SELECT own_customer()) AND edition > 0');
SELECT open_to_contacts(name, 'EXISTS (SELECT FROM reviews WHERE reviews.id = review_id)')
FROM unnest(ARRAY['review_editions', 'review_agenda', 'review_minutes']) AS name;
SELECT open_to_contacts('action_items', 'customer_id = (SELECT own_customer())');

-- Without rows of customers: the hours that agreements name, and what runs on what, from which
-- availability is computed. The answers leave out to whom else a service was sold.
GRANT SELECT ON calendars, services, service_versions TO opsdesk_sla_contact;

-- Who of us signed or worked for them: by name, never by address.
GRANT SELECT (sub, name) ON people TO opsdesk_sla_contact;
-- The hours that agreements name, now and before: to a contact those of the own ones alone.
CREATE FUNCTION agreed_calendars() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT named.id::uuid FROM agreement_versions v CROSS JOIN LATERAL (
        SELECT v.promises ->> 'calendar'
        UNION SELECT value FROM jsonb_each_text(v.promises -> 'calendars')
        UNION SELECT value FROM jsonb_each_text(v.followed)
        UNION SELECT value FROM jsonb_each_text(v.coverage)
        UNION SELECT former ->> 1 FROM jsonb_array_elements(v.calendar_history) former
    ) named (id) WHERE named.id IS NOT NULL
$$;
