"""Whatever bytes or records are sent as an export, each is a ticket or is refused with a reason."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ticket_imports.export_parsing import NotReadable, read

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
FIELDS = (
    "number",
    "id",
    "key",
    "fields",
    "opened_at",
    "created",
    "created_at",
    "comments",
    "status",
)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES),
    st.sampled_from(["servicenow", "jira", "zendesk"]),
)
def test_any_record_is_a_ticket_or_refused(record: dict[str, Any], source: Any) -> None:
    (found,) = read(json.dumps([record]).encode(), source, "UTC")
    assert (found.ticket is None) == (found.problem is not None)
    assert "\0" not in repr(found).replace("\\x00", "\0")


@given(st.binary(max_size=300), st.sampled_from(["servicenow", "jira", "zendesk"]))
def test_any_bytes_are_read_or_refused(data: bytes, source: Any) -> None:
    try:
        records = read(data, source, "UTC")
    except NotReadable:
        return
    assert records
