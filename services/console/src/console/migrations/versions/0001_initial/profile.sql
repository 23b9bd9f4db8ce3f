-- What a person has chosen for the pages. A null stands for "as my browser or the issuer says".
CREATE TABLE profiles (
    sub text PRIMARY KEY,
    language text,
    zone text,
    single_keys boolean NOT NULL DEFAULT true,
    after_finishing text NOT NULL DEFAULT 'stay',
    changed_at timestamptz NOT NULL,
    CONSTRAINT ck_profiles_language CHECK (language IN ('en', 'nl', 'de')),
    CONSTRAINT ck_profiles_after_finishing CHECK (after_finishing IN ('stay', 'back', 'next'))
);
