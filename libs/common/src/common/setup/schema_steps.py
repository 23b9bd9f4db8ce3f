"""What is to be inside the database: the schema of a service, its rights, and the schema of reports."""

from collections.abc import Iterator

from common.setup.roles import (
    READER_ROLE,
    REPORT_WATCH_ROLE,
    REPORTING_SCHEMA,
    contact_role,
    owner_role,
    runtime_role,
)
from common.setup.step import Step, literal, namespace, role

END_OVERDUE = f"{REPORTING_SCHEMA}.end_overdue_reports(interval, interval)"
_BODY = f"""
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE usename = '{READER_ROLE}' AND datname = current_database() AND (
            state = 'active' AND query_start < statement_timestamp() - max_statement
            OR state LIKE 'idle in transaction%' AND state_change < statement_timestamp() - max_statement
            OR xact_start < statement_timestamp() - max_transaction)
    """
_CREATE_END_OVERDUE = f"""
    GRANT CREATE ON SCHEMA {REPORTING_SCHEMA} TO {REPORT_WATCH_ROLE};
    CREATE OR REPLACE FUNCTION {REPORTING_SCHEMA}.end_overdue_reports(
        max_statement interval, max_transaction interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $${_BODY}$$;
    ALTER FUNCTION {REPORTING_SCHEMA}.end_overdue_reports OWNER TO {REPORT_WATCH_ROLE};
    REVOKE CREATE ON SCHEMA {REPORTING_SCHEMA} FROM {REPORT_WATCH_ROLE};
    REVOKE ALL ON FUNCTION {REPORTING_SCHEMA}.end_overdue_reports FROM PUBLIC;
"""
_DEFAULTS = (
    ("r", "TABLES", ("SELECT", "INSERT", "UPDATE", "DELETE")),
    ("S", "SEQUENCES", ("USAGE", "SELECT")),
    ("f", "FUNCTIONS", ("EXECUTE",)),
)
"""What the runtime role may do with what its owner creates: PostgreSQL's letter of the kind, its word, the rights."""


def reporting_steps() -> Iterator[Step]:
    """Yield what makes the schema of reports, which all services share."""
    yield Step(
        "nobody uses the schema public",
        "SELECT NOT EXISTS (SELECT FROM pg_namespace, aclexplode(coalesce(nspacl,"
        " acldefault('n', nspowner))) WHERE nspname = 'public' AND grantee = 0)",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    )
    yield Step(
        f"the schema {REPORTING_SCHEMA}",
        f"SELECT {namespace(REPORTING_SCHEMA)} IS NOT NULL",
        f"CREATE SCHEMA IF NOT EXISTS {REPORTING_SCHEMA}",
    )
    yield _usage(READER_ROLE, REPORTING_SCHEMA)
    yield Step(
        f"{REPORTING_SCHEMA}.end_overdue_reports, which ends reports that run too long",
        f"SELECT prosrc = {literal(_BODY)} FROM pg_proc WHERE oid = to_regprocedure({literal(END_OVERDUE)})",
        _CREATE_END_OVERDUE,
    )


def schema_steps(schema: str) -> Iterator[Step]:
    """Yield what makes the schema of a service: the owner's, used by the runtime role, closed to others."""
    owner, runtime = owner_role(schema), runtime_role(schema)
    yield Step(
        f"the schema {schema} of {owner}",
        f"SELECT nspowner = {role(owner)} FROM pg_namespace WHERE nspname = {literal(schema)}",
        f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner};"
        f"ALTER SCHEMA {schema} OWNER TO {owner}",
    )
    yield _usage(runtime, schema)
    yield _usage(contact_role(schema), schema)
    for letter, kind, rights in _DEFAULTS:
        yield _default_rights(schema, letter, kind, rights)
    yield _usage(owner, REPORTING_SCHEMA)
    yield Step(
        f"{owner} may create views in {REPORTING_SCHEMA}",
        f"SELECT has_schema_privilege({role(owner)}, {namespace(REPORTING_SCHEMA)}, 'CREATE')",
        f"GRANT CREATE ON SCHEMA {REPORTING_SCHEMA} TO {owner}",
    )
    yield _usage(runtime, REPORTING_SCHEMA)
    yield Step(
        f"{runtime} may end reports that run too long",
        f"SELECT has_function_privilege({role(runtime)}, to_regprocedure({literal(END_OVERDUE)})::oid, 'EXECUTE')",
        f"GRANT EXECUTE ON FUNCTION {END_OVERDUE} TO {runtime}",
    )
    yield _closed_to_reader(schema)


def _closed_to_reader(schema: str) -> Step:
    """The reader had rights on tables before there were views."""
    return Step(
        f"{READER_ROLE} sees nothing of {schema} but its views",
        f"SELECT NOT has_schema_privilege({role(READER_ROLE)}, {namespace(schema)}, 'USAGE')",
        f"REVOKE USAGE ON SCHEMA {schema} FROM {READER_ROLE};"
        f"REVOKE SELECT ON ALL TABLES IN SCHEMA {schema} FROM {READER_ROLE};"
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner_role(schema)} IN SCHEMA {schema}"
        f" REVOKE SELECT ON TABLES FROM {READER_ROLE}",
    )


def _usage(name: str, schema: str) -> Step:
    return Step(
        f"{name} may use the schema {schema}",
        f"SELECT has_schema_privilege({role(name)}, {namespace(schema)}, 'USAGE')",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
    )


def _default_rights(schema: str, letter: str, kind: str, rights: tuple[str, ...]) -> Step:
    owner, runtime = owner_role(schema), runtime_role(schema)
    names = ", ".join(map(literal, rights))
    return Step(
        f"{runtime} may {', '.join(rights)} on {kind.lower()} that {owner} creates",
        f"SELECT count(DISTINCT privilege_type) = {len(rights)} FROM pg_default_acl, aclexplode(defaclacl)"
        f" WHERE defaclrole = {role(owner)} AND defaclnamespace = {namespace(schema)}"
        f" AND defaclobjtype = '{letter}' AND grantee = {role(runtime)} AND privilege_type IN ({names})",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}"
        f" GRANT {', '.join(rights)} ON {kind} TO {runtime}",
    )
