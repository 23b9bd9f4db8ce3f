-- The matrix of impact and urgency: its versions, of which the newest effective one holds. Where there is
-- none, the default of the code does.

CREATE TABLE priority_matrices (
    version integer PRIMARY KEY CHECK (version > 0),
    state text NOT NULL CHECK (state IN ('pending', 'effective', 'withdrawn')),
    cells jsonb NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reason text NOT NULL,
    confirmed_by text,
    effective_at timestamptz,
    CONSTRAINT ck_priority_matrices_effective CHECK ((state = 'effective') = (effective_at IS NOT NULL)),
    CONSTRAINT ck_priority_matrices_four_eyes CHECK (confirmed_by <> requested_by)
);
CREATE UNIQUE INDEX uq_priority_matrices_pending ON priority_matrices (state) WHERE state = 'pending';

-- A lower priority for some impact and urgency takes two people (R1).
CREATE FUNCTION refuse_lower_matrix_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY['blocker', 'critical', 'major', 'minor', 'trivial'];
    former jsonb := (SELECT cells FROM priority_matrices
        WHERE effective_at IS NOT NULL AND version < NEW.version ORDER BY version DESC LIMIT 1);
BEGIN
    former := coalesce(former, '{"high/high": "blocker", "high/medium": "critical", "high/low": "major",
        "medium/high": "critical", "medium/medium": "major", "medium/low": "minor",
        "low/high": "major", "low/medium": "minor", "low/low": "trivial"}');
    IF NEW.confirmed_by IS NULL AND EXISTS (
        SELECT FROM jsonb_each_text(NEW.cells) AS cell
        WHERE array_position(ranks, cell.value) > array_position(ranks, former ->> cell.key)
    ) THEN
        RAISE EXCEPTION 'a lower priority needs the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_priority_matrices_four_eyes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lower_matrix_needs_two BEFORE INSERT OR UPDATE ON priority_matrices
    FOR EACH ROW WHEN (NEW.effective_at IS NOT NULL)
    EXECUTE FUNCTION refuse_lower_matrix_by_one();
CREATE TRIGGER two_persons_matrix BEFORE INSERT OR UPDATE OF confirmed_by ON priority_matrices
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'confirmed_by');
