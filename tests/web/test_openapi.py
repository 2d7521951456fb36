"""The description of the API: what it promises is what comes."""

from __future__ import annotations

import re

import pytest

from fer_xai.web import asking
from fer_xai.web.problems import PROBLEMS
from tests.web.conftest import encoded


def check(value, schema, schemas, where="answer") -> None:
    """Hold a value against the part of JSON Schema that the description uses."""
    if "$ref" in schema:
        return check(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, where)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    names = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list}
    assert any(value is None if kind == "null" else isinstance(value, names[kind]) for kind in kinds), where
    if isinstance(value, dict):
        known = schema.get("properties", {})
        assert set(schema.get("required", ())) <= set(value), where
        assert not known or set(value) == set(known), f"{where} tells something the description does not"
        for key, inner in value.items():
            inside = known.get(key, schema.get("additionalProperties"))
            if inside is not None:
                check(inner, inside, schemas, f"{where}.{key}")
    if isinstance(value, list):
        for inner in value:
            check(inner, schema["items"], schemas, f"{where}[]")
    if "enum" in schema:
        assert value in schema["enum"], where
    if isinstance(value, int | float):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), where
    return None


@pytest.fixture(scope="module")
def described(client):
    return client.get("/openapi.json").get_json()


def answer_to(client, path: str, verb: str, data: bytes, query: str = ""):
    if verb == "get":
        return client.get(path)
    return client.post(path + query, data=data, content_type="image/png")


def test_every_answer_is_as_described(client, described, photo):
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            query = "?attributions=yes" if path.endswith("explain") else ""
            answer = answer_to(client, path, verb, encoded(photo), query)
            assert answer.status_code == 200, path
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            check(answer.get_json(), schema, described["components"]["schemas"], path)


def test_a_problem_is_as_described(client, described):
    answer = client.post("/api/v1/predict", data=b"x", content_type="image/png")
    assert str(answer.status_code) in described["paths"]["/api/v1/predict"]["post"]["responses"]
    check(answer.get_json(), {"$ref": "#/components/schemas/Problem"}, described["components"]["schemas"])


def test_every_parameter_that_is_taken_is_described_and_no_other(described):
    for path, known in (("predict", asking.PREDICT), ("explain", asking.EXPLAIN)):
        operation = described["paths"][f"/api/v1/{path}"]["post"]
        assert {one["name"] for one in operation["parameters"]} == set(known)
        form = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
        assert set(form["properties"]) == {"image", *known}


def test_every_code_has_its_status_and_stands_on_the_page(client, described):
    page = client.get("/api").text
    for code, (status, _) in PROBLEMS.items():
        assert 400 <= status < 600
        assert f"<code>{code}</code>" in page
    told = str(described["paths"])
    everywhere = {"not_found", "method_not_allowed"}
    assert {code for code in PROBLEMS if not re.search(rf"\b{code}:", told)} == everywhere
