"""Servers and databases belong to one state folder, and are asked whose they are."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from opsdesk_local.errors import LocalRunError
from opsdesk_local.kafka import Kafka
from opsdesk_local.postgres import Postgres
from opsdesk_local.roles import drop_database, prepare_database
from opsdesk_local.run_servers import refuse_other_postgres
from opsdesk_local.servers import Servers
from opsdesk_local.state import State, open_state
from opsdesk_local.topics import wait_for_brokers


def test_every_folder_has_a_cluster_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    one, other = Kafka(tmp_path / "one", tmp_path), Kafka(tmp_path / "other", tmp_path)
    assert one.cluster_id != other.cluster_id
    log = tmp_path / "one" / "kafka" / "log"
    log.mkdir(parents=True)
    (log / "meta.properties").write_text(f"version=1\ncluster.id={one.cluster_id}\nnode.id=1\n")
    assert Kafka(tmp_path / "one", tmp_path).cluster_id == one.cluster_id


def test_another_cluster_is_not_taken_for_ours(servers: Servers) -> None:
    assert servers.kafka
    wait_for_brokers(servers.bootstrap, 1, 20, cluster_id=servers.kafka.cluster_id)
    with pytest.raises(LocalRunError, match=r"another Kafka answers \(cluster "):
        wait_for_brokers(servers.bootstrap, 1, 20, cluster_id="AAAAAAAAAAAAAAAAAAAAAA")


async def test_another_postgres_is_not_taken_for_ours(servers: Servers, tmp_path: Path) -> None:
    ours = servers.postgres
    assert ours
    await refuse_other_postgres(ours)
    password = servers.state.password("postgres")
    foreign = Postgres(tmp_path, tmp_path, password, port=ours.port)
    (foreign.data / "global").mkdir(parents=True)
    (foreign.data / "global" / "pg_control").write_bytes(bytes(8))
    with pytest.raises(LocalRunError, match="another PostgreSQL answers"):
        await refuse_other_postgres(foreign)


async def test_a_database_belongs_to_the_folder_that_prepared_it_first(
    servers: Servers, folder: Path
) -> None:
    """Two state folders on one given server, in the same instant: one of them gets it."""
    states = [open_state(folder / name) for name in ("a", "b")]

    async def prepare(state: State) -> None:
        await prepare_database(servers.admin_url, state.password, "twice", owner=state.identity)

    outcomes = await asyncio.gather(*map(prepare, states), return_exceptions=True)
    await prepare(states[outcomes.index(None)])
    await drop_database(servers.admin_url, "twice")
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 1
    assert "belongs to the OpsDesk of another state folder" in str(refused[0])


async def test_the_loser_changes_no_password(servers: Servers, folder: Path) -> None:
    """Roles belong to the whole server, so a second OpsDesk would lock the first one out."""
    first, second = open_state(folder / "a"), open_state(folder / "b")
    urls = await prepare_database(servers.admin_url, first.password, "mine", owner=first.identity)
    with pytest.raises(LocalRunError, match="another state folder"):
        await prepare_database(servers.admin_url, second.password, "mine", owner=second.identity)
    connection = await asyncpg.connect(urls["sla"].runtime)
    await connection.close()
    await drop_database(servers.admin_url, "mine")
