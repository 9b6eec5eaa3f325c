"""A rule may weigh otherwise for a while, for named kinds and statuses, and says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog.base.errors import Violation
from catalog.standards import waivers

WAIVER = waivers.Waiver(
    "share-basis-rank",
    frozenset({"dataset"}),
    "warning",
    date(2026, 12, 31),
    "存量",
    frozenset({"published"}),
)


def weighed(kind: str = "dataset", status: str = "published", on: date = date(2026, 12, 31)) -> Violation:
    found = [Violation("/share/legal_basis", "share-basis-rank")]
    return next(waivers.weighed(found, kind=kind, status=status, on=on, waivers=(WAIVER,)))


def test_a_waived_rule_warns_until_its_last_day_and_names_the_reason() -> None:
    violation = weighed()

    assert violation.severity == "warning"
    assert violation.values == {"waived_until": "2026-12-31", "waiver": "存量"}


@pytest.mark.parametrize(
    "case", [{"on": date(2027, 1, 1)}, {"kind": "sharing-agreement"}, {"status": "suspended"}], ids=str
)
def test_after_that_day_and_elsewhere_it_weighs_as_written(case: dict[str, object]) -> None:
    assert weighed(**case).severity == "error"  # type: ignore[arg-type]


def test_a_waiver_without_a_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text("- {rule: x, kinds: [dataset], severity: warning, until: 2026-12-31}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"waiver 1.*reason"):
        waivers.read(path)


def test_the_waivers_of_the_product_can_be_read() -> None:
    assert isinstance(waivers.in_force(), tuple)
