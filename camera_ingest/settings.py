"""Configuration of the camera worker: `CAMERA_…` variables, shared ones also as `OPS_…`."""

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from camera_ingest.domain.camera import Network

SECRET_MIN = 16
LOOPBACK_NETWORKS = "127.0.0.0/8,::1/128"
EVERYTHING = frozenset({"0.0.0.0/0", "::/0"})


def _shared(name: str) -> AliasChoices:
    return AliasChoices(f"CAMERA_{name}", f"OPS_{name}")


class CameraSettings(BaseSettings):
    """`allowed_networks`: comma-separated CIDRs that camera addresses must lie in."""

    model_config = SettingsConfigDict(
        env_prefix="CAMERA_", frozen=True, extra="ignore", populate_by_name=True
    )

    database_url: Annotated[SecretStr, Field(validation_alias=_shared("DATABASE_URL"))]
    worker_secret: Annotated[SecretStr, Field(validation_alias=_shared("WORKER_SECRET"))]
    data_dir: Annotated[Path, Field(validation_alias=_shared("DATA_DIR"))] = Path("var")
    ice_hosts: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(validation_alias=AliasChoices("CAMERA_ICE_HOSTS", "OPS_ICE_HOST")),
    ] = ("127.0.0.1",)
    allowed_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=LOOPBACK_NETWORKS, validate_default=True
    )
    control_host: str = "127.0.0.1"
    control_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    cameras_max: Annotated[int, Field(ge=1, le=256)] = 64
    looks_per_s: Annotated[float, Field(gt=0, le=10)] = 5.0
    decode_threads: Annotated[int, Field(ge=1, le=32)] = 2
    viewers_max: Annotated[int, Field(ge=1)] = 100
    viewers_per_camera_max: Annotated[int, Field(ge=1)] = 30
    log_json: Annotated[bool, Field(validation_alias=_shared("LOG_JSON"))] = False

    @field_validator("allowed_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(
            ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()
        )

    @field_validator("ice_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        if len(self.worker_secret.get_secret_value()) < SECRET_MIN:
            raise ValueError(f"CAMERA_WORKER_SECRET must have at least {SECRET_MIN} characters.")
        if not self.allowed_networks:
            raise ValueError("CAMERA_ALLOWED_NETWORKS is empty: no camera could ever be reached.")
        if any(str(network) in EVERYTHING for network in self.allowed_networks):
            raise ValueError(
                "CAMERA_ALLOWED_NETWORKS allows every address: name the camera networks only."
            )
        if not self.ice_hosts:
            raise ValueError("CAMERA_ICE_HOSTS must name the address browsers reach this host by.")
        if not ipaddress.ip_address(self.control_host).is_loopback:
            raise ValueError("CAMERA_CONTROL_HOST must be a loopback address.")
        return self

    @property
    def evidence_dir(self) -> Path:
        return self.data_dir / "evidence"
