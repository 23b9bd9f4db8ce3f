-- Who is the delivery manager of a customer, and the product owner of a product: subs of staff.

CREATE TABLE responsibilities (
    role text NOT NULL CHECK (role IN ('dm', 'po')),
    subject text NOT NULL,
    person text NOT NULL,
    deputies text[] NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (role, subject),
    CONSTRAINT ck_responsibilities_deputies CHECK (person <> ALL (deputies))
);
COMMENT ON COLUMN responsibilities.subject IS
    'The key of the customer (dm), or of the service that the product provides (po).';
