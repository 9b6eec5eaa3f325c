"""Settings, by environment variables with the prefix ``CATALOG_``. ``docs/settings.md`` is made from here."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator
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
        json_schema_extra={"zh": "SQLite 文件、搜索索引与附件所在的文件夹。"},
    )
    database_url: str = Field(
        "",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. Empty: an SQLite file in the data folder.",
        json_schema_extra={
            "zh": "`sqlite:///文件` 或 `postgresql://用户:口令@主机/库名`；留空则用数据文件夹中的 SQLite 文件。"
        },
    )
    host: str = Field(
        "127.0.0.1", description="Address to listen on.", json_schema_extra={"zh": "监听地址。"}
    )
    port: int = Field(
        8000, ge=1, le=65535, description="Port to listen on.", json_schema_extra={"zh": "监听端口。"}
    )
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Serving processes; more than one needs PostgreSQL.",
        json_schema_extra={"zh": "服务进程数；多于一个须用 PostgreSQL。"},
    )
    timezone: str = Field(
        "Asia/Shanghai",
        description="Zone of domain dates and of the day of receipt.",
        json_schema_extra={"zh": "业务日期与收到之日所用的时区。"},
    )
    language: Literal["zh-CN", "en"] = Field(
        "zh-CN",
        description="Language for readers that name none.",
        json_schema_extra={"zh": "读者未指明语言时所用的语言。"},
    )
    title: str = Field(
        "白云数据目录",
        description="Name of the catalogue, shown on every page.",
        json_schema_extra={"zh": "目录名称，显示在每个页面上。"},
    )
    public_read: Literal["standards", "all"] = Field(
        "standards",
        description="What is readable without signing in: elements and code lists, or all kinds.",
        json_schema_extra={
            "zh": "免登录可读的范围：只有数据元和代码表（`standards`），或全部类别（`all`）；演示库默认 `all`。"
        },
    )
    desk: Literal["on", "off"] = Field(
        "on",
        description="`on`: what demands a case enters by a change proposal; `off`: the approving role acts with a reason.",
        json_schema_extra={"zh": "`on`：须走事项的变更经变更提案登记；`off`：改由审核角色附理由直接办理。"},
    )
    insecure_http: Literal["on", "off"] = Field(
        "off",
        description="`on`: cookies without `Secure`, for an intranet without TLS.",
        json_schema_extra={"zh": "`on`：Cookie 不带 `Secure`，仅限没有 TLS 的内网。"},
    )
    session_hours: int = Field(
        8,
        ge=1,
        le=72,
        description="A browser session ends after so many hours.",
        json_schema_extra={"zh": "浏览器会话最长的小时数。"},
    )
    public_url: str = Field(
        "",
        description="Address under which browsers reach the catalogue, such as `https://data.example.gov.cn`; needed for OpenID Connect.",
        json_schema_extra={
            "zh": "浏览器访问本目录的地址，如 `https://data.example.gov.cn`；使用 OpenID Connect 时必填。"
        },
    )
    oidc_issuer: str = Field(
        "",
        description="Issuer of the OpenID Connect sign-in service; empty: passwords only.",
        json_schema_extra={"zh": "OpenID Connect 登录服务的 issuer 地址；留空则只用密码登录。"},
    )
    oidc_client: str = Field(
        "",
        description="Client identifier at the sign-in service.",
        json_schema_extra={"zh": "在登录服务上登记的客户端标识。"},
    )
    oidc_secret: SecretStr = Field(
        SecretStr(""),
        description="Client secret at the sign-in service.",
        json_schema_extra={"zh": "在登录服务上登记的客户端密钥。"},
    )
    oidc_claim: str = Field(
        "preferred_username",
        description="Claim that carries the login of the account.",
        json_schema_extra={"zh": "与本目录用户名对应的声明（claim）。"},
    )
    oidc_title: str = Field(
        "统一身份认证",
        description="What the sign-in service is called on the sign-in page.",
        json_schema_extra={"zh": "登录页上对登录服务的称呼。"},
    )
    usage_years: int = Field(
        3,
        ge=3,
        le=100,
        description="Records of use are kept so many years after the end of an agreement; fewer than three are refused (Decree 809 art. 29(2)).",
        json_schema_extra={
            "zh": "使用记录在协议结束后保存的年数；少于三年不予启动（条例第二十九条第二款）。"
        },
    )
    attest_days: int = Field(
        30,
        ge=0,
        le=366,
        description="An attestation is due so many days after the end of its period.",
        json_schema_extra={"zh": "履约承诺在周期结束后多少日内作出。"},
    )
    smtp_host: str = Field(
        "",
        description="Mail server for notices; empty: each message becomes a file in `outbox/` of the data folder.",
        json_schema_extra={
            "zh": "发送通知的邮件服务器；留空则每封邮件存为数据文件夹 `outbox/` 中的一个文件。"
        },
    )
    smtp_port: int = Field(
        25,
        ge=1,
        le=65535,
        description="Port of the mail server.",
        json_schema_extra={"zh": "邮件服务器端口。"},
    )
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        "none",
        description="Encryption towards the mail server.",
        json_schema_extra={"zh": "与邮件服务器之间的加密方式。"},
    )
    smtp_user: str = Field(
        "",
        description="Account at the mail server; empty: none is needed.",
        json_schema_extra={"zh": "邮件服务器的账号；留空表示不需要。"},
    )
    smtp_password_file: Path | None = Field(
        None,
        description="File that holds the password of that account.",
        json_schema_extra={"zh": "存有该账号口令的文件。"},
    )
    smtp_from: str = Field(
        "",
        description="Sender of notices, such as `catalog@example.gov.cn`.",
        json_schema_extra={"zh": "通知邮件的发件人，如 `catalog@example.gov.cn`。"},
    )
    robot_url: str = Field(
        "",
        description="Address of a group robot that takes messages as WeCom robots do; empty: none.",
        json_schema_extra={"zh": "群机器人的地址（企业微信格式，粤政易同）；留空则不发。"},
    )
    max_body_mb: int = Field(
        64,
        ge=1,
        le=1024,
        description="Largest request body in MiB.",
        json_schema_extra={"zh": "请求正文上限（MiB）。"},
    )
    export_templates: Path | None = Field(
        None,
        description="Folder of one's own export templates (`*.yaml`), beside those that come with the product.",
        json_schema_extra={"zh": "本单位自己的编目模板（`*.yaml`）所在的文件夹，与随产品提供的并用。"},
    )
    upload_days: int = Field(
        30,
        ge=1,
        le=3660,
        description="Days after which the file of an import that nobody touched is dropped.",
        json_schema_extra={"zh": "导入的文件无人再动，满这么多天即删去。"},
    )
    attachment_mb: int = Field(
        20,
        ge=1,
        le=1024,
        description="Largest scan that a record carries, in MiB; not above `CATALOG_MAX_BODY_MB`.",
        json_schema_extra={"zh": "记录所附扫描件的上限（MiB），不应大于 `CATALOG_MAX_BODY_MB`。"},
    )
    write_wait_seconds: float = Field(
        2.0,
        gt=0,
        description="A write that waits longer answers 503.",
        json_schema_extra={"zh": "写入等候超过这么多秒即答 503。"},
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Level of the JSON log.", json_schema_extra={"zh": "JSON 日志的级别。"}
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
