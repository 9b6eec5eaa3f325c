"""The ways out of the house, behind one interface: e-mail, a file where there is no mail server, robot, webhook.

In-app needs no way out: the notice itself is what its reader finds.
"""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

import orjson

from catalog.base import clock
from catalog.base.settings import Settings
from catalog.notices import outgoing
from catalog.notices.outgoing import Undelivered

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out: ``key`` is the same however often it is tried, so that a receiver can tell a repetition."""

    key: str
    to: str  # an e-mail address or a web address
    subject: str
    text: str


class Channel(Protocol):
    """One way out; raises ``Undelivered`` where the message was not taken."""

    def send(self, message: Message) -> None: ...


@dataclass(frozen=True)
class Mail:
    """E-mail by the operator's own server."""

    settings: Settings

    def send(self, message: Message) -> None:
        """Hand over to the mail server, under TLS where the settings say so."""
        it = self.settings
        kind = smtplib.SMTP_SSL if it.smtp_tls == "tls" else smtplib.SMTP
        try:
            with kind(it.smtp_host, it.smtp_port, timeout=_SECONDS) as server:
                if it.smtp_tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if it.smtp_user:
                    server.login(it.smtp_user, password(it))
                server.send_message(mail(message, it))
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"{type(error).__name__}: {error}"[:300]) from error


@dataclass(frozen=True)
class Folder:
    """A folder of ``.eml`` files, for a house without a mail server; the file bears the message's key."""

    settings: Settings

    def send(self, message: Message) -> None:
        """Write the file whole or not at all; a second time it is the same file."""
        place = self.settings.data_dir / "outbox" / f"{message.key}.eml"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            passing = place.with_suffix(".part")
            passing.write_bytes(mail(message, self.settings).as_bytes())
            passing.replace(place)
        except OSError as error:
            raise Undelivered(f"{type(error).__name__}: {error}"[:300]) from error


@dataclass(frozen=True)
class Robot:
    """A group robot that takes 企业微信's form of message, as 粤政易 does."""

    address: str

    def send(self, message: Message) -> None:
        """One markdown message."""
        body = {"msgtype": "markdown", "markdown": {"content": f"**{message.subject}**\n{message.text}"}}
        outgoing.post(self.address, orjson.dumps(body), {"Content-Type": "application/json"}, private=True)


@dataclass(frozen=True)
class Hook:
    """A system's webhook: signed with its secret, with the moment in the signature."""

    secret: str
    private: bool

    def send(self, message: Message) -> None:
        """``X-Catalog-Signature`` is the HMAC of ``<timestamp>.<body>``; ``X-Catalog-Delivery`` never changes."""
        body = message.text.encode()
        moment = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Catalog-Delivery": message.key,
            "X-Catalog-Timestamp": moment,
            "X-Catalog-Signature": signature(self.secret, moment, body),
        }
        outgoing.post(message.to, body, headers, private=self.private)


def signature(secret: str, moment: str, body: bytes) -> str:
    """What a receiver computes and compares."""
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def mail(message: Message, settings: Settings) -> EmailMessage:
    """The message as e-mail; its Message-ID is made of the key."""
    made = EmailMessage()
    made["From"] = settings.smtp_from or "catalog@localhost"
    made["To"] = message.to
    made["Subject"] = message.subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{message.key}@{(settings.smtp_from.rpartition('@')[2] or 'catalog.localhost')}>"
    made.set_content(message.text)
    return made


def password(settings: Settings) -> str:
    """The mail server's password, from its file."""
    file: Path | None = settings.smtp_password_file
    return file.read_text(encoding="utf-8").strip() if file else ""


def by_mail(settings: Settings) -> Channel:
    """The mail server, or the folder where none is set."""
    return Mail(settings) if settings.smtp_host else Folder(settings)
