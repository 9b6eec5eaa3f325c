"""Signing in by a government's own sign-in service: OpenID Connect, authorization code flow with PKCE.

The service says who somebody is; which account that is and what it may do stays with this register. An
account is found by the link made at its first such sign-in, and before that by its login.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException
from sqlmodel import select

from catalog.base import clock
from catalog.base.db import Database
from catalog.base.errors import NotSignedIn
from catalog.base.settings import Settings
from catalog.identity.models import Account, Person, SignInLink

SCOPE = "openid profile"
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_SECONDS = 10  # for the service to answer
_LEEWAY = 60  # seconds by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Kept:
    """What this browser must bring back: kept in a signed cookie while it is at the service."""

    state: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who the service says it is; ``login`` is the claim that the settings name."""

    issuer: str
    subject: str
    login: str


class SignInService:
    """The service of the settings; its metadata are read once and again after a failure."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, Any] | None = None

    def leave(self, *, back: str, next: str) -> tuple[str, Kept]:
        """Where to send the browser, and what it must bring back to the address ``back``."""
        kept = Kept(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next)
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._metadata(client)["authorization_endpoint"],
                state=kept.state,
                nonce=kept.nonce,
                code_verifier=kept.verifier,
            )
        return str(address), kept

    def arrive(self, *, back: str, code: str, kept: Kept) -> Subject:
        """Who came back with ``code``; raises ``NotSignedIn`` (``service-unreachable``, ``service-refused``)."""
        try:
            with self._client(back) as client:
                metadata = self._metadata(client)
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=kept.verifier,
                    grant_type="authorization_code",
                    timeout=_SECONDS,
                )
                keys = client.get(metadata["jwks_uri"], withhold_token=True, timeout=_SECONDS).json()
            claims = self._claims(str(token.get("id_token", "")), keys, kept.nonce)
        except (RequestException, AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            self._known = None
            raise NotSignedIn("service-refused", reason=type(error).__name__) from error
        login = str(claims.get(self._settings.oidc_claim, ""))
        return Subject(str(claims["iss"]), str(claims["sub"]), login)

    def _client(self, back: str) -> OAuth2Session:
        settings = self._settings
        return OAuth2Session(
            settings.oidc_client,
            settings.oidc_secret.get_secret_value(),
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _metadata(self, client: OAuth2Session) -> dict[str, Any]:
        if self._known is None:
            issuer = self._settings.oidc_issuer.rstrip("/")
            address = f"{issuer}/.well-known/openid-configuration"
            try:
                answer = client.get(address, withhold_token=True, timeout=_SECONDS)
                answer.raise_for_status()
                found = dict(answer.json())
            except (RequestException, ValueError) as error:
                raise NotSignedIn("service-unreachable", issuer=issuer) from error
            if str(found.get("issuer", "")).rstrip("/") != issuer:
                raise NotSignedIn("service-unreachable", issuer=issuer)
            self._known = found
        return self._known

    def _claims(self, token: str, keys: Any, nonce: str) -> dict[str, Any]:
        """The claims of an ID token whose signature, issuer, audience, time and nonce are right (OIDC §3.1.3.7)."""
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
        asked = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": str((self._known or {})["issuer"])},
            aud={"essential": True, "value": self._settings.oidc_client},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        asked.validate(found.claims)
        claims: dict[str, Any] = found.claims
        audience = claims["aud"]
        if (
            isinstance(audience, list)
            and len(audience) > 1
            and claims.get("azp") != self._settings.oidc_client
        ):
            raise ValueError(f"azp {claims.get('azp')}")
        return claims


def account_of(database: Database, subject: Subject) -> tuple[Account, str | None]:
    """The account of a subject and its person's name; linked by login the first time.

    Raises ``NotSignedIn`` (``no-account``) where there is none, or where another subject has it already.
    """
    with database.writing() as session:
        link = session.get(SignInLink, (subject.issuer, subject.subject))
        if link is None:
            account = session.scalar(select(Account).where(Account.login == subject.login))
            taken = account and session.scalar(
                select(SignInLink.subject).where(
                    SignInLink.person == account.person, SignInLink.issuer == subject.issuer
                )
            )
            if account is None or taken:
                raise NotSignedIn("no-account", login=subject.login)
            present = clock.stamp(clock.now())
            session.add(
                SignInLink(
                    issuer=subject.issuer, subject=subject.subject, person=account.person, linked_at=present
                )
            )
        else:
            account = session.get(Account, link.person)
            if account is None:
                raise NotSignedIn("no-account", login=subject.login)
        name = session.scalar(select(Person.name).where(Person.person == account.person))
        session.flush()
        session.expunge(account)
    return account, name
