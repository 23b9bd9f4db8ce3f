"""What a restore must raise is known to every service, whole: tables, topics and numbers."""

import re

import pytest
from sqlalchemy import MetaData

from common.events import EVENTS
from common.events.envelope import Event
from common.events.restored import HistoryRestored
from common.http import Service
from common.persistence.sequenced import parse_subject
from common.restoration.own_history import restored_events_of
from delivery_gate.app import SERVICE as DELIVERY_GATE
from delivery_gate.metadata import METADATA as DELIVERY_GATE_TABLES
from escalation.app import SERVICE as ESCALATION
from escalation.metadata import METADATA as ESCALATION_TABLES
from intake.app import SERVICE as INTAKE
from intake.metadata import METADATA as INTAKE_TABLES
from opsdesk_testing.schema import schema_file
from sla.app import SERVICE as SLA
from sla.metadata import METADATA as SLA_TABLES

from .example import example

SERVICES = (
    (INTAKE, INTAKE_TABLES),
    (SLA, SLA_TABLES),
    (ESCALATION, ESCALATION_TABLES),
    (DELIVERY_GATE, DELIVERY_GATE_TABLES),
)
OTHER_SEQUENCES = {
    # What another service has published: its sequences, not ours.
    "intake": {"promises", "services", "deliveries"},
    "sla": {
        "contacts",
        "customers",
        "environments",
        "partners",
        "people",
        "teams",
        "action_items",
    },
    "delivery-gate": {"contacts", "people"},
    # The entries of a case, which its own row counts; the changes of settings, which no event has.
    "escalation": {"timeline", "personal_settings"},
}
"""Tables with a column `sequence` that counts no events of the service. An action item counts
its versions there; its events are the review's."""

all_services = pytest.mark.parametrize(
    ("service", "tables"), SERVICES, ids=lambda one: getattr(one, "name", "")
)


def own_events(service: Service) -> list[type[Event]]:
    return [one for one in EVENTS.values() if one.source == f"opsdesk/{service.name}"]


@all_services
def test_every_table_with_a_sequence_is_raised_or_named_as_another(
    service: Service, tables: MetaData
) -> None:
    counted = {name for name, table in tables.tables.items() if "sequence" in table.c}
    raised = {one.table.name for one in service.sequenced.values()}
    assert counted - raised == OTHER_SEQUENCES.get(service.name, set())


@all_services
def test_the_subject_of_every_own_event_has_its_table(service: Service, tables: MetaData) -> None:
    subjects = [
        example(one).subject()
        for one in own_events(service)
        if not issubclass(one, HistoryRestored)
    ]
    assert all(map(parse_subject, subjects)), "the id is looked up as a UUID"
    assert {one.partition("/")[0] for one in subjects} == set(service.sequenced)
    assert all("id" in one.table.c for one in service.sequenced.values())


@all_services
def test_every_own_topic_has_an_event_about_losses(service: Service, tables: MetaData) -> None:
    topics = {one.topic for one in own_events(service)}
    assert set(restored_events_of(f"opsdesk/{service.name}")) == topics


@all_services
def test_every_number_is_raised(service: Service, tables: MetaData) -> None:
    schema = schema_file(service.module).read_text(encoding="utf-8")
    stored = set(re.findall(r"^CREATE SEQUENCE (\w+)", schema, re.MULTILINE))
    of_no_key = {"deadline_generations", "fact_positions"}
    assert {one.sequence for one in service.numbers} == stored - of_no_key
    fields = {field for one in own_events(service) for field in one.model_fields}
    assert {one.field for one in service.numbers} - {None} <= fields


@all_services
def test_every_receiver_hears_of_losses_on_each_topic_that_it_reads(
    service: Service, tables: MetaData
) -> None:
    topics = {one.topic for one in service.handlers}
    about_losses = {one.topic for one in service.handlers if issubclass(one, HistoryRestored)}
    assert about_losses == topics
