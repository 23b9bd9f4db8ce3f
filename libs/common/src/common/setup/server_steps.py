"""What is to be on the server: roles, a database, and who may connect to it."""

from collections.abc import Iterator, Mapping

from common.setup.roles import (
    READER_CONNECTION_LIMIT,
    READER_ROLE,
    READER_SETTINGS,
    REPORT_WATCH_ROLE,
    REPORTING_SCHEMA,
    contact_role,
    owner_role,
    runtime_role,
)
from common.setup.scram import scram_verifier
from common.setup.step import Step, identifier, literal, role


def role_steps(schema: str, passwords: Mapping[str, str]) -> Iterator[Step]:
    """Yield what makes the three roles of a service. `passwords`: by the names of roles."""
    for name in (owner_role(schema), runtime_role(schema)):
        yield from _login(name, passwords[name])
        yield _setting(name, "search_path", schema)
    contact, runtime = contact_role(schema), runtime_role(schema)
    yield _role(contact)
    # Taken on, never held beside its own rights: its policies must not take part in the service's plans.
    yield Step(
        f"{runtime} does not inherit rights",
        f"SELECT NOT rolinherit FROM pg_roles WHERE rolname = {literal(runtime)}",
        f"ALTER ROLE {runtime} NOINHERIT",
    )
    yield _membership(contact, runtime)
    # An administrator without superuser rights must be a member of the role to give it schemas.
    yield _own_membership(owner_role(schema))


def reader_steps(password: str | None) -> Iterator[Step]:
    """Yield what makes the role of BI tools, and the one that ends its long reports."""
    if password is None:
        yield _role(READER_ROLE)
    else:
        yield from _login(READER_ROLE, password)
    yield Step(
        f"{READER_ROLE} has {READER_CONNECTION_LIMIT} connections at most",
        f"SELECT rolconnlimit = {READER_CONNECTION_LIMIT} FROM pg_roles WHERE rolname = {literal(READER_ROLE)}",
        f"ALTER ROLE {READER_ROLE} CONNECTION LIMIT {READER_CONNECTION_LIMIT}",
    )
    yield _setting(READER_ROLE, "search_path", REPORTING_SCHEMA)
    for name, value in READER_SETTINGS.items():
        yield _setting(READER_ROLE, name, value)
    yield _role(REPORT_WATCH_ROLE)
    yield _membership(READER_ROLE, REPORT_WATCH_ROLE)
    yield _own_membership(REPORT_WATCH_ROLE)


def database_steps(database: str) -> Iterator[Step]:
    """Yield what makes the database, closed to all that get no right on it."""
    name = literal(database)
    yield Step(
        f"the database {database}",
        f"SELECT EXISTS (SELECT FROM pg_database WHERE datname = {name})",
        f"CREATE DATABASE {identifier(database)}",
    )
    yield Step(
        f"nobody but our roles connects to {database}",
        "SELECT NOT EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))"
        f" WHERE grantee = 0) FROM pg_database WHERE datname = {name}",
        f"REVOKE ALL ON DATABASE {identifier(database)} FROM PUBLIC",
    )


def connect_steps(database: str, schemas: tuple[str, ...]) -> Iterator[Step]:
    """Yield the rights to connect to the database: PostgreSQL does not copy them from a template."""
    logins = (login for schema in schemas for login in (owner_role(schema), runtime_role(schema)))
    for name in (*logins, READER_ROLE):
        yield Step(
            f"{name} may connect to {database}",
            f"SELECT has_database_privilege({role(name)}, (SELECT oid FROM pg_database"
            f" WHERE datname = {literal(database)}), 'CONNECT')",
            f"GRANT CONNECT ON DATABASE {identifier(database)} TO {name}",
        )


def _login(name: str, password: str) -> Iterator[Step]:
    yield _role(name)
    yield Step(
        f"the password of {name} (set each time)",
        None,
        f"ALTER ROLE {name} LOGIN PASSWORD {literal(_as_stored(password))}",
    )


def _as_stored(password: str) -> str:
    return scram_verifier(password) if password.isascii() else password


def _role(name: str) -> Step:
    return Step(f"the role {name}", f"SELECT {role(name)} IS NOT NULL", f"CREATE ROLE {name}")


def _setting(name: str, setting: str, value: str) -> Step:
    return Step(
        f"{setting} of {name} is {value}",
        "SELECT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = 0"
        f" AND setrole = {role(name)} AND {literal(f'{setting}={value}')} = ANY (setconfig))",
        f"ALTER ROLE {name} SET {setting} = {literal(value)}",
    )


def _membership(group: str, member: str) -> Step:
    return Step(
        f"{member} may act as {group}",
        f"SELECT pg_has_role({role(member)}, {role(group)}, 'MEMBER')",
        f"GRANT {group} TO {member}",
    )


def _own_membership(group: str) -> Step:
    return Step(
        f"the administrator may act as {group}",
        f"SELECT pg_has_role({role(group)}, 'USAGE')",
        f"GRANT {group} TO CURRENT_USER",
    )
