"""A setting that cannot be used, in one sentence that names the variable and never repeats its value."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic.fields import FieldInfo


def describe_error(fields: Mapping[str, FieldInfo], prefix: str, wrong: ValidationError) -> str:
    """Return the sentence about the first fault."""
    error = wrong.errors(include_input=False, include_url=False)[0]
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ") + "."
    name = str(error["loc"][0])
    field = fields.get(name)
    wanted = (field and field.description) or "a value"
    if error["type"] == "missing":
        return f"{prefix}{name.upper()} is missing: give {wanted}."
    return f"{prefix}{name.upper()} is wrong ({error['msg']}): give {wanted}."
