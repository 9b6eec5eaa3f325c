"""Settings, by environment variables with the prefix ``CATALOG_``. ``docs/settings.md`` is made from here."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.base import files

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _data_dir() -> Path:
    if (files.home() / "pyproject.toml").exists():
        return files.home() / "var"
    return Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "cdo-catalog"


class Settings(BaseSettings):
    """All settings of one process; read once, then passed on."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default_factory=_data_dir,
        description="Folder of the SQLite file, the search index and attachments.",
    )
    database_url: str = Field(
        "",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Empty: an SQLite file in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Serving processes; more than one needs PostgreSQL.")
    timezone: str = Field("Asia/Shanghai", description="Zone of domain dates and of the day of receipt.")
    language: Literal["zh-CN", "en"] = Field("zh-CN", description="Language for readers that name none.")
    title: str = Field("白云数据目录", description="Name of the catalogue, shown on every page.")
    public_read: Literal["standards", "all"] = Field(
        "standards", description="What is readable without signing in: elements and code lists, or all kinds."
    )
    desk: Literal["on", "off"] = Field(
        "off",
        description="`off`: changes that demand a case need the approving role and a reason instead.",
    )
    insecure_http: Literal["on", "off"] = Field(
        "off", description="`on`: cookies without `Secure`, for an intranet without TLS."
    )
    session_hours: int = Field(8, ge=1, le=72, description="A browser session ends after so many hours.")
    max_body_mb: int = Field(64, ge=1, le=1024, description="Largest request body in MiB.")
    write_wait_seconds: float = Field(2.0, gt=0, description="A write that waits longer answers 503.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Level of the JSON log."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @cached_property
    def url(self) -> str:
        """The SQLAlchemy address of the database, with its driver."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'catalog.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def on_sqlite(self) -> bool:
        """Whether the register is an SQLite file."""
        return self.url.startswith("sqlite")

    @property
    def zone(self) -> ZoneInfo:
        """The zone that decides what day it is."""
        return ZoneInfo(self.timezone)
