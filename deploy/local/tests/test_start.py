"""The start of `make run` beside others, and when something goes wrong with it."""

import socket
from pathlib import Path

from local_run import Run, given

from opsdesk_local.addresses import read_addresses
from opsdesk_local.servers import Servers
from opsdesk_local.state import State, open_state
from opsdesk_local.topics import create_topics, topics_of
from opsdesk_local.waiting import wait_until


def test_two_folders_started_at_once_on_one_database_do_not_share_it(
    state: State, folder: Path, started: list[Run], servers: Servers
) -> None:
    environment = given(servers)
    started += [Run(state, **environment), Run(open_state(folder / "other"), **environment)]
    wait_until(lambda: any(run.ended for run in started), 60, "one of them to end")
    loser = next(run for run in started if run.ended)
    winner = next(run for run in started if run is not loser)
    winner.ready()
    assert loser.process.returncode == 1
    assert "belongs to the OpsDesk of another state folder" in loser.output
    assert "OpsDesk is ready" not in loser.output


def test_a_failed_load_ends_the_start(state: State, started: list[Run], servers: Servers) -> None:
    started.append(Run(state, LOAD="fails", **given(servers)))
    assert started[0].process.wait(timeout=60) == 1
    assert "The demo company cannot be loaded, so everything was stopped." in started[0].output
    assert "OpsDesk is ready" not in started[0].output


def test_a_child_that_ends_during_the_start_ends_it(
    state: State, started: list[Run], servers: Servers
) -> None:
    """Also while something else is being waited for."""
    started.append(Run(state, LOAD="crashes sla and waits", **given(servers)))
    assert started[0].process.wait(timeout=60) == 1
    assert "sla ended by itself (exit code 3)" in started[0].output
    assert "OpsDesk is ready" not in started[0].output


def test_ports_stay_the_same(run: Run, started: list[Run]) -> None:
    before = read_addresses(run.state)
    assert run.end() == 0
    started.append(
        Run(
            run.state,
            OPSDESK_ADMIN_DATABASE_URL=run.admin_url,
            OPSDESK_KAFKA_BOOTSTRAP_SERVERS=before.kafka,
        )
    )
    assert started[1].ready().services == before.services


def test_a_fixed_port_that_is_taken_ends_the_start(
    state: State, started: list[Run], servers: Servers
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        started.append(Run(state, OPSDESK_PORTS=f"sla={port}", **given(servers)))
        assert started[0].process.wait(timeout=60) == 1
    assert f"OPSDESK_PORTS gives port {port} to sla" in started[0].output


def test_topics_get_the_prefix_of_the_setting(
    state: State, started: list[Run], servers: Servers
) -> None:
    started.append(Run(state, OPSDESK_TOPIC_PREFIX="acme", **given(servers)))
    assert started[0].ready().topic_prefix == "acme"
    assert create_topics(servers.bootstrap, topics_of("acme")) == []
    assert "acme.escalations.dm" in topics_of("acme")


def test_a_taken_port_is_reported(state: State, started: list[Run], servers: Servers) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8002))
        except OSError:
            pass  # somebody on this machine has it, which is as good
        else:
            other.listen()
        started.append(Run(state, **given(servers)))
        addresses = started[0].ready()
    assert not addresses.services["sla"].endswith(":8002")
    assert "Port 8002 is taken: sla listens on" in started[0].output
