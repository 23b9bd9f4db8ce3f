"""A service does not start, and sends nothing, while `restored` has still to run or to end."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from common.cli.deployment import check_deployment
from common.http import Service
from common.persistence.database import Database
from common.persistence.workload import WRITES
from common.restoration import restore as module
from common.restoration import runs
from common.restoration.exclusion import NotAlone, sole_process
from common.restoration.need import RestorationNeeded, verify_restored
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import TopicsNotReadable
from common.settings import Settings
from opsdesk_testing.client import settings_for
from opsdesk_testing.restored_bank import OPS, Bank

ONE, TWO = UUID(int=1), UUID(int=2)


async def verify(bank: Bank) -> None:
    await verify_restored(bank.database, bank.kafka, bank.own)


async def test_a_service_whose_database_was_set_back_needs_it(bank: Bank) -> None:
    await verify(bank)
    await bank.pay(ONE, 1)
    await bank.pay(TWO, 1)
    await bank.send()
    await bank.back_up()
    await verify(bank)
    await bank.pay(ONE, 2)
    await bank.send()
    await verify(bank)
    await bank.set_back()
    with pytest.raises(RestorationNeeded, match=f"has published account/{ONE} up to number 2"):
        await verify(bank)
    await bank.restore()
    await verify(bank)
    await bank.send()
    await verify(bank)


async def test_what_is_not_known_at_all_is_settled_by_it(bank: Bank) -> None:
    await bank.back_up()
    await bank.pay(ONE, 1)
    await bank.send()
    await bank.set_back()
    with pytest.raises(RestorationNeeded):
        await verify(bank)
    await bank.restore()
    await bank.send()
    await verify(bank)


async def test_a_missing_topic_is_no_reason(bank: Bank) -> None:
    await bank.pay(ONE, 1)
    await bank.send()
    events = {"test.absent": bank.restored_event, **bank.own.restored_events}
    await verify_restored(bank.database, bank.kafka, replace(bank.own, restored_events=events))


async def test_one_that_died_is_run_again_before_the_service_starts(bank: Bank) -> None:
    absent = replace(bank.own, restored_events={"test.absent": bank.restored_event})
    with pytest.raises(TopicsNotReadable):
        await module.restore(bank.database, bank.kafka, absent, OPS)
    with pytest.raises(RestorationNeeded, match=r"begun at .* by shell:omar and has not come to"):
        await verify(bank)
    await bank.restore()
    await verify(bank)
    async with bank.database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM restorations")) == 1


async def test_serve_ends_with_a_sentence_before_kafka_is_asked(database: Database) -> None:
    service = Service("intake", database.schema, "Test", Settings, ())
    away = settings_for(Settings, database.url, kafka_bootstrap_servers="127.0.0.1:1")
    await check_deployment(service, away)
    async with database.transaction() as tx:
        await runs.begin(tx, OPS)
    with pytest.raises(SystemExit, match=r"^intake does not start: `restored` was begun at"):
        await check_deployment(service, away)


async def test_only_one_runs_at_a_time(database: Database) -> None:
    async with sole_process(database, "intake"):
        with pytest.raises(NotAlone, match="another `restored` of intake is running"):
            async with sole_process(database, "intake"):
                pytest.fail("two at once")
    async with sole_process(database, "intake"):
        pass


async def test_a_replica_that_does_not_lead_is_seen_at_the_beginning(database: Database) -> None:
    replica = await database.dedicated_connection(WRITES)
    with pytest.raises(NotAlone, match=r"intake is running \(connected from .*\): stop all"):
        async with sole_process(database, "intake"):
            pytest.fail("beside a replica")
    await replica.close()


async def test_a_replica_that_comes_in_between_is_seen_at_the_end(database: Database) -> None:
    with pytest.raises(NotAlone, match="intake is running"):
        async with sole_process(database, "intake"):
            replica = await database.dedicated_connection(WRITES)
    await replica.close()


async def test_the_history_of_a_service_has_its_topics() -> None:
    own = OwnHistory.of("delivery-gate", {})
    assert own.source == "opsdesk/delivery-gate"
    assert set(own.restored_events) == {"opsdesk.deliveries"}
