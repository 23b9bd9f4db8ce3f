"""Path parameters, each named for its noun: `/v1/deliveries/{delivery}` takes the delivery's id or key."""

from typing import Annotated

from fastapi import Path

from common.http import IdOrKey

DeliveryRef = Annotated[IdOrKey, Path(alias="delivery")]
EmergencyChangeRef = Annotated[IdOrKey, Path(alias="emergency_change")]
EnvironmentRef = Annotated[IdOrKey, Path(alias="environment")]
FollowUpRef = Annotated[IdOrKey, Path(alias="follow_up")]
ProductRef = Annotated[IdOrKey, Path(alias="product")]
VersionRef = Annotated[IdOrKey, Path(alias="version")]
