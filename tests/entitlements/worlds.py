"""Random worlds of agreements and datasets, and the plain reading of them that decisions must equal."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from catalog.base.documents import Document
from catalog.entitlements.compiling import compiled, dataset_of, grants_of
from catalog.entitlements.decide import Item, Question
from catalog.entitlements.snapshot import MASKS, Parts, Snapshot

DEPARTMENTS = {"DP1": "active", "DP2": "active", "DP3": "active", "DP4": "dissolved"}
PURPOSES = {"P1": ("", "9999-12-31"), "P2": ("2026-01-01", "2026-06-30")}
ELEMENTS = ("DE1", "DE2", "DE3")
FIELDS = ("a", "b", "c")
DAYS = ("2025-12-31", "2026-01-01", "2026-03-15", "2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01")
World = tuple[dict[str, tuple[str, Document]], dict[str, tuple[str, Document]]]

_field = st.fixed_dictionaries(
    {"element": st.sampled_from(ELEMENTS[:2])}, optional={"share_class": st.sampled_from("123")}
)


def _dataset(fields: list[dict[str, str]], owner: str, share_class: str, status: str) -> tuple[str, Document]:
    named = [{"name": name} | one for name, one in zip(FIELDS, fields, strict=False)]
    return status, {"department": owner, "share": {"class": share_class}, "fields": named}


_datasets = st.lists(
    st.builds(
        _dataset,
        st.lists(_field, min_size=1, max_size=3),
        st.sampled_from(["DP1", "DP2"]),
        st.sampled_from("1223"),
        st.sampled_from(["published", "published", "published", "suspended", "withdrawn"]),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def _agreement(draw: Any) -> tuple[str, Document]:
    document: Document = {
        "consumer": draw(st.sampled_from(["DP1", "DP2", "DP3"])),
        "dataset": draw(st.sampled_from(["DS1", "DS2", "DS3"])),
        "purposes": draw(st.lists(st.sampled_from(["P1", "P2"]), min_size=1, unique=True)),
        "way": draw(st.sampled_from("12")),
        "period": {"from": draw(st.sampled_from(DAYS[:3])), "until": draw(st.sampled_from(DAYS[2:]))},
        "items": [
            {"clause": f"c{place}", "field": name, "mask": draw(st.sampled_from(MASKS[1:]))}
            | ({"element": draw(st.sampled_from(ELEMENTS[:2]))} if draw(st.booleans()) else {})
            for place, name in enumerate(draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True)))
        ],
        "obligations": [
            {"type": kind}
            for kind in draw(st.lists(st.sampled_from(["deletion", "use_record"]), unique=True))
        ],
    }
    if draw(st.booleans()):
        document["termination"] = {"on": draw(st.sampled_from(DAYS[1:]))}
    status = draw(st.sampled_from(["active"] * 5 + ["suspended", "expired", "terminated", "superseded"]))
    return status, document


worlds = st.builds(
    lambda datasets, agreements: (
        {f"DS{n}": one for n, one in enumerate(datasets, 1)},
        {f"AG{n}": one for n, one in enumerate(agreements, 1)},
    ),
    _datasets,
    st.lists(_agreement(), max_size=6),
)
questions = st.builds(
    Question,
    st.sampled_from(["DP1", "DP2", "DP3", "DP3", "DP4", "DP9"]),
    st.sampled_from(["P1", "P1", "P2", "P9"]),
    st.tuples(
        st.one_of(
            st.sampled_from([*ELEMENTS, "DE9"]).map(lambda element: Item(element=element)),
            st.tuples(st.just(""), st.sampled_from(["DS1", "DS1", "DS2", "DS9"]), st.sampled_from("abz")).map(
                Item._make
            ),
        )
    ),
    st.sampled_from(["", "1", "2", "9"]),
    st.sampled_from(DAYS),
)


def snapshot_of(world: World, *, seq: int = 1, digest: str = "d") -> Snapshot:
    """The compiled form of a world."""
    datasets, agreements = world
    parts = Parts(
        departments=DEPARTMENTS,
        purposes=PURPOSES,
        ways=frozenset("12"),
        elements=frozenset(ELEMENTS),
        datasets={name: dataset_of(document, status) for name, (status, document) in datasets.items()},
        agreements={
            name: grants_of(name, document, status) for name, (status, document) in agreements.items()
        },
    )
    return compiled(parts, seq=seq, digest=digest)


def permitted(world: World, question: Question) -> set[tuple[str, str]]:
    """Every place from which the one item of the question may be used, by reading all the documents."""
    consumer, purpose, (item,), way, on = question
    term = PURPOSES.get(purpose, ("9", ""))
    if DEPARTMENTS.get(consumer) != "active" or not term[0] <= on <= term[1] or way not in ("", "1", "2"):
        return set()
    found = set()
    for dataset, (status, document) in world[0].items():
        for field in document["fields"]:
            if item.element not in ("", field["element"]) or (
                item.dataset or dataset,
                item.field or field["name"],
            ) != (dataset, field["name"]):
                continue
            if document["department"] == consumer or _agreed(
                world, dataset, status, document, field, question
            ):
                found.add((dataset, field["name"]))
    return found


def _agreed(
    world: World, dataset: str, status: str, document: Document, field: Document, question: Question
) -> bool:
    if status != "published" or "3" in (document["share"]["class"], field.get("share_class")):
        return False
    fitting = [
        (state, said, item)
        for state, said in world[1].values()
        for item in said["items"]
        if (said["consumer"], said["dataset"], item["field"]) == (question.consumer, dataset, field["name"])
        and state in ("active", "suspended")
        and item.get("element") in (None, field["element"])
        and said["period"]["from"] <= question.on <= said["period"]["until"]
        and question.on < said.get("termination", {}).get("on", "9999")
        and question.purpose in said["purposes"]
    ]
    if any(state == "suspended" or item["mask"] == "hidden" for state, _, item in fitting):
        return False
    return any(question.way in ("", said["way"]) for _, said, _ in fitting)
