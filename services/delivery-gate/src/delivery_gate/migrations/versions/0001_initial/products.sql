-- Products.

CREATE TABLE products (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    versions integer NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_key UNIQUE (key)
);
