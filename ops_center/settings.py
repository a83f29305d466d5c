"""Configuration of the processes: `OPS_…` variables, frozen, unsafe values refused at start."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="OPS_", frozen=True, extra="ignore", populate_by_name=True
    )

    data_dir: Path = Path("var")
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    # Cookies are marked Secure unless the centre serves plain HTTP on the loopback address.
    secure_cookies: bool = False
    allowed_origins: frozenset[str] = frozenset()
    timezone: str = "America/Asuncion"
    default_language: str = "es"
    worker_secret: SecretStr | None = None
    rate_per_s: Annotated[float, Field(gt=0)] = 500.0
    sign_ins_per_minute: Annotated[float, Field(gt=0)] = 30.0
    # Shared with senders of AML that cannot send an API key: they sign with it (HMAC-SHA1).
    aml_key: Annotated[SecretStr, Field(min_length=16)] | None = None
    ice_host: str = "127.0.0.1"
    log_json: bool = False
    demo_seed: int = 1
    # Real extracts and layers that are never committed; benchmarks use them where they are.
    shared_data: Path | None = None
    demo_rtsp_port: Annotated[int, Field(ge=1, le=65535)] = 18554
    # The same variable that camera workers read: networks that camera addresses must lie in.
    camera_networks: Annotated[
        tuple[Network, ...], NoDecode, Field(validation_alias="CAMERA_ALLOWED_NETWORKS")
    ] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

    @field_validator("camera_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())

    @model_validator(mode="after")
    def _refuse_open_cookies(self) -> Self:
        if self.host not in LOOPBACK and not self.secure_cookies:
            raise ValueError(
                f"OPS_HOST={self.host} can be reached from outside, so session cookies must not "
                "travel in the clear: put TLS in front and set OPS_SECURE_COOKIES=true."
            )
        return self

    @property
    def frontend_dir(self) -> Path:
        return self.data_dir / "frontend"

    @property
    def basemap(self) -> Path:
        return self.data_dir / "basemap.pmtiles"

    @property
    def evidence_dir(self) -> Path:
        return self.data_dir / "evidence"

    @property
    def graph_cache_dir(self) -> Path:
        return self.data_dir / "graph"

    @property
    def routing_dir(self) -> Path:
        return self.data_dir / "routing"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def credentials_file(self) -> Path:
        return self.data_dir / "credentials.json"
