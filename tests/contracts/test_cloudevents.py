"""An outsider reads our records with the CNCF's own library, knowing nothing of ours."""

from datetime import datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from .released import Golden, newest


@pytest.mark.parametrize("golden", newest().values(), ids=lambda golden: golden.type)
def test_the_cloudevents_library_reads_our_records(golden: Golden) -> None:
    headers = dict(golden.raw_headers)
    event = from_binary_event(KafkaMessage(headers, golden.key, golden.value))
    assert event.get_specversion() == "1.0"
    assert event.get_type() == golden.type
    assert event.get_id() == golden.headers["ce_id"]
    assert event.get_source() == golden.headers["ce_source"]
    assert event.get_subject() == golden.headers["ce_subject"]
    assert event.get_time() == datetime.fromisoformat(golden.headers["ce_time"])
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("sequence") == "7"
    assert event.get_data() == golden.body
