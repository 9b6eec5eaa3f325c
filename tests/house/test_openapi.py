"""The OpenAPI document is valid 3.1, and what is really answered fits the schemas that it promises."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis.specs.openapi import definitions
from starlette.routing import Route

import catalog
from catalog.kinds import BY_NAME, KINDS
from tests.desk import Desk

NAMES = [kind.name for kind in KINDS]


@pytest.fixture(scope="module")
def described(desk: Desk) -> dict[str, Any]:
    body: dict[str, Any] = desk.get("/openapi.json")
    return body


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def check(described: dict[str, Any], path: str, method: str, status: str, body: Any) -> None:
    """Raise unless ``body`` fits what the operation promises for ``status``."""
    answer = described["paths"][path][method]["responses"]
    promised = answer.get(status, answer["default"])
    schema = next(iter(promised["content"].values()))["schema"]
    resource = Resource(contents=described, specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:openapi", resource)
    reference = json.loads(json.dumps(schema).replace('"#/', '"urn:openapi#/'))
    jsonschema.Draft202012Validator(reference, registry=registry).validate(body)


def test_the_document_is_valid_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    definitions.OPENAPI_31_VALIDATOR.validate(described)
    assert len(list(schemathesis.openapi.from_dict(described).get_all_operations())) > 100


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(described)))

    assert references <= described["components"]["schemas"].keys()


def test_every_schema_is_one(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_has_its_own_name(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]

    assert len(names) == len(set(names))


def test_every_place_in_a_path_is_described(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        stated = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert stated == set(re.findall(r"{(\w+)}", path)), (method, path)


@pytest.mark.parametrize("kind", NAMES)
def test_what_is_answered_fits_what_is_promised(desk: Desk, described: dict[str, Any], kind: str) -> None:
    base = f"/api/v1/{BY_NAME[kind].plural}"
    draft = desk.draft(kind)

    made = desk.write("POST", base, json=draft)
    identifier = made.json()["identifier"]
    check(described, base, "post", "201", made.json())
    one = base + "/{identifier}"
    for path, query in (
        (one, ""),
        (one, "?view=internal&include=parents,children"),
        (one + "/versions", ""),
        (one + "/usages", ""),
        (one + "/timeline", ""),
        (one + "/diff", ""),
    ):
        answer = desk.get(path.format(identifier=identifier) + query)
        check(described, path, "get", "200", answer)
    check(described, one + "/versions/{version}", "get", "200", desk.get(f"{base}/{identifier}/versions/1"))
    check(described, base, "get", "200", desk.get(f"{base}?limit=3&total=true"))
    report = desk.send("POST", f"{base}:validate", json={"name": 1}).json()
    check(described, f"{base}:validate", "post", "200", report)
    refused = desk.write("POST", base, json={"name": 1})
    check(described, base, "post", "422", refused.json())


@pytest.mark.parametrize(
    "path",
    ["/api/v1/search", "/api/v1/suggest", "/api/v1/entries", "/api/v1/standards", "/api/v1/meta", "/health", "/ready"],
)  # fmt: skip
def test_shared_answers_fit_too(desk: Desk, described: dict[str, Any], path: str) -> None:
    check(described, path, "get", "200", desk.get(path))


def test_every_parameter_that_is_described_is_known(desk: Desk, described: dict[str, Any]) -> None:
    samples = {
        "identifier": "DE00001",
        "version": "1",
        "code": "x",
        "kind": "data-element",
        "key": "x",
        "id": "IM0",
        "number": "1",
        "name": "sharing",
        "digest": "x",
    }
    unknown = []
    for method, path, operation in operations(described):
        if method != "get" or not path.startswith("/api/v1/") or "by-code" in path:
            continue
        names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
        answer = desk.send("GET", path.format(**samples), params=dict.fromkeys(names, "x"))
        if answer.status_code == 422:
            rules = {(one["rule"], one["pointer"]) for one in answer.json()["violations"]}
            unknown += [(path, pointer) for rule, pointer in rules if rule == "parameter-unknown"]

    assert unknown == []


def test_every_address_of_the_api_is_described(described: dict[str, Any]) -> None:
    def plain(path: str) -> str:
        return re.sub(r"{[^}]*}", "{}", path)

    told = {(method.upper(), plain(path)) for method, path, _ in operations(described)}
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(catalog.__path__, "catalog.")
               if not one.name.startswith(("catalog.migrations", "catalog.cli"))]  # fmt: skip
    routes = [one for module in modules for one in getattr(module, "ROUTES", ()) if isinstance(one, Route)]
    served = {
        (method, plain(one.path))
        for one in routes
        for method in (one.methods or set()) - {"HEAD"}
        if one.path.startswith("/api/v1/") and not one.path.startswith("/api/v1/{plural")  # of every kind
    }

    assert len(served) > 40
    assert served <= told


def test_what_the_desk_answers_fits_too(desk: Desk, described: dict[str, Any]) -> None:
    body = {"changes": [{"kind": "dataset", "document": desk.draft("dataset")}], "summary": "新增"}
    made = desk.send("POST", "/api/v1/cases/proposals", json=body)
    number = made.json()["number"]
    remark = desk.send(
        "POST", f"/api/v1/cases/{number}/comments", json={"text": "意见", "pointer": "/changes/0/name"}
    )
    saved = desk.send(
        "PATCH", f"/api/v1/cases/{number}", etag=remark.headers["etag"], json={"summary": "再改"}
    )

    check(described, "/api/v1/cases/proposals", "post", "201", made.json())
    check(described, "/api/v1/cases/{number}/comments", "post", "201", remark.json())
    check(described, "/api/v1/cases/{number}", "patch", "200", saved.json())
    for path in (
        "/api/v1/cases/{number}",
        "/api/v1/cases/{number}/changes",
        "/api/v1/inbox",
        "/api/v1/lifecycles",
    ):
        check(described, path, "get", "200", desk.get(path.format(number=number)))


def test_the_documentation_needs_no_other_machine(desk: Desk) -> None:
    page = desk.send("GET", "/docs").text

    assert re.findall(r'(?:src|href)="(https?:)?//', page) == []
