"""What docs/alerts.md says to copy works, and what it says of words holds."""

import json
import re
from pathlib import Path
from typing import Any, Final

from common.persistence.ids import uuid7
from intake.alerts.domain.alert import Alert, AlertBatch, PostContext
from intake.alerts.domain.formats import read_post
from intake.alerts.domain.severity import SEVERITY_WORDS, priority_of_word
from intake_support.alerts import NINE

TEXT: Final = (Path(__file__).parents[4] / "docs" / "alerts.md").read_text(encoding="utf-8")
DATADOG: Final = {
    "$ALERT_CYCLE_KEY": "75",
    "$ALERT_TRANSITION": "Triggered",
    "$ALERT_PRIORITY": "P1",
    "$EVENT_TITLE": "[Triggered] Checkout",
    "$TAGS": "customer:acme,env:prod",
}
NEWRELIC: Final = {
    "issueId": '"0ea2"',
    "state": '"ACTIVATED"',
    "priority": '"CRITICAL"',
    "createdAt": "1893487800000",
    "updatedAt": "1893487800000",
    "accumulations.tag.customer": '["acme"]',
    "accumulations.tag.environment": '["acme-prod"]',
}


def block_after(heading: str) -> str:
    """The first block of code below a heading."""
    section = TEXT.partition(f"## {heading}\n")[2]
    return section.partition("```")[2].partition("\n")[2].partition("```")[0]


def read(source: str, body: Any) -> Alert:
    batch = read_post(source, body, PostContext(uuid7(), NINE))
    assert isinstance(batch, AlertBatch), batch
    return batch.alerts[0]


def test_the_words_of_the_table_are_those_of_the_code() -> None:
    for priority, words in SEVERITY_WORDS.items():
        (row,) = re.findall(rf"^\| {priority} \| (.*) \|$", TEXT, re.MULTILINE)
        listed = row.split(", ")
        assert {priority_of_word(word) for word in listed} == {priority}
        assert set(words.split()) - set(listed) <= {"emerg"}


def test_the_template_of_datadog_is_read() -> None:
    template = block_after("To copy: Datadog")
    for variable in re.findall(r"\$[A-Z_]+", template):
        template = template.replace(f'"{variable}"', json.dumps(DATADOG.get(variable, "")))
    alert = read("datadog", json.loads(template))
    assert (alert.dedup_key, alert.title, alert.severity) == ("75", "Checkout", "P1")
    assert (alert.customer, alert.environment, alert.remarks) == ("acme", "prod", ())


def test_the_template_of_new_relic_is_read() -> None:
    template = block_after("To copy: New Relic")

    def value_of(found: re.Match[str]) -> str:
        return NEWRELIC.get(found[1], '["something"]')

    alert = read("newrelic", json.loads(re.sub(r"{{ (?:json )?(\S+) }}", value_of, template)))
    assert (alert.dedup_key, alert.status, alert.severity) == ("0ea2", "firing", "CRITICAL")
    assert (alert.customer, alert.environment, alert.title) == ("acme", "acme-prod", "something")


def test_the_body_of_the_curl_line_is_read() -> None:
    body = block_after("Try it").partition("--json '")[2].rpartition("'")[0]
    alert = read("alertmanager", json.loads(body))
    assert (alert.customer, alert.environment, alert.severity) == ("acme", "acme-staging", "info")
