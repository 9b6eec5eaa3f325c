"""One-time codes as a second factor (TOTP, RFC 6238): optional for a person, then asked for at every sign-in."""

from __future__ import annotations

import pyotp
import segno
from sqlmodel import Session

from catalog.base import clock
from catalog.base.errors import NotPermitted, WrongState
from catalog.identity.actors import Actor
from catalog.identity.models import SecondFactor
from catalog.ledger import service as ledger
from catalog.ledger.service import Line

STEP = 30  # seconds
_AROUND = (0, -1, 1)  # steps by which clocks may differ


def offer(session: Session, *, by: Actor) -> str:
    """A new secret for a person who has none confirmed; in force only after ``confirm``."""
    _own(by)
    known = session.get(SecondFactor, by.person)
    if known is not None and known.confirmed_at:
        raise WrongState("code-in-force", identifier=by.login)
    secret = pyotp.random_base32()
    session.merge(SecondFactor(person=by.person, secret=secret, last_step=0))
    return secret


def confirm(session: Session, *, code: str, by: Actor) -> bool:
    """Put the offered secret into force, if the code shows that the person's device knows it."""
    _own(by)
    known = session.get(SecondFactor, by.person)
    if known is None or known.confirmed_at or not _uses(known, code):
        return False
    known.confirmed_at = clock.stamp(clock.now())
    _enter(session, "account.code_confirmed", by.person, by)
    return True


def drop(session: Session, *, person: str, by: Actor) -> None:
    """No longer ask for codes: the person may, or an administrator of accounts for a lost device."""
    if by.person != person and not by.holds("admin"):
        raise NotPermitted("role-needed", roles=["admin"])
    known = session.get(SecondFactor, person)
    if known is not None:
        session.delete(known)
        if known.confirmed_at:
            _enter(session, "account.code_dropped", person, by)


def demanded(session: Session, person: str) -> bool:
    """Whether a person has to give a code."""
    known = session.get(SecondFactor, person)
    return known is not None and known.confirmed_at is not None


def accepted(session: Session, person: str, code: str) -> bool:
    """Whether a code is right and was not used before; it is used up by asking."""
    known = session.get(SecondFactor, person, with_for_update=True)
    return known is not None and known.confirmed_at is not None and _uses(known, code)


def address(secret: str, *, login: str, site: str) -> str:
    """What an authenticator reads: ``otpauth://totp/…``."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=site)


def picture(text: str) -> str:
    """A QR code as an SVG element, drawn in the colour of the text around it."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=False, dark="#000", light="#fff"
    )
    return str(drawn)


def _uses(known: SecondFactor, code: str) -> bool:
    given = "".join(code.split())
    present = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(known.secret)
    for around in _AROUND:
        step = present + around
        if step > known.last_step and pyotp.utils.strings_equal(given, totp.generate_otp(step)):
            known.last_step = step
            return True
    return False


def _own(by: Actor) -> None:
    if by.scope is not None:
        raise NotPermitted("token-scope", scope="browser")


def _enter(session: Session, verb: str, person: str, by: Actor) -> None:
    session.flush()
    ledger.append(session, [Line(verb, "account", person)], by=by)
