"""What every command of a service reads of its environment, whatever it is about to do."""

from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "OPSDESK_"

Environment = Literal["production", "development", "test"]


class ProcessSettings(BaseSettings):
    """Part of the settings of every service. Each description ends the sentence "OPSDESK_X is missing: give ..."."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    environment: Environment = Field("production", description="production, development or test")
    time_mode: Literal["real", "simulated"] = Field(
        "real", description="real, or simulated for the demo and tests"
    )
    log_format: Literal["json", "console"] = Field("json", description="json or console")

    @model_validator(mode="after")
    def _check_time_mode(self) -> "ProcessSettings":
        if self.environment == "production" and self.time_mode == "simulated":
            raise ValueError("OPSDESK_TIME_MODE=simulated is refused in production: set it to real")
        return self

    def _refuse(self, name: str, why: str | None) -> None:
        """Raise ValueError with a sentence that names the variable, unless `why` is None."""
        if why is not None:
            wanted = type(self).model_fields[name].description
            raise ValueError(f"{PREFIX}{name.upper()} is wrong ({why}): give {wanted}")
