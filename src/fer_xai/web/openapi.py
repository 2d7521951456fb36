"""The JSON API, described in OpenAPI 3.1: from the same tables that the API itself obeys."""

from __future__ import annotations

from typing import Any

import fer_xai
from fer_xai.explainers.registry import list_explainers
from fer_xai.web.answers import USUAL_METHOD
from fer_xai.web.asking import CROPS, LARGEST_SEED, YES_NO
from fer_xai.web.limits import Limits
from fer_xai.web.pictures import KINDS
from fer_xai.web.problems import PROBLEMS
from fer_xai.web.served import Served

_ALWAYS = ("bad_request", "bad_host", "internal")
_PICTURE = (
    *("cross_site", "unknown_parameter", "no_image", "too_many_bytes", "too_many_pixels", "not_an_image"),
    *("broken_image", "no_face", "unknown_model", "bad_option", "busy", "too_slow"),
)
_EXPLAIN = ("several_faces", "unknown_face", "unknown_method", "method_does_not_fit", "bad_target", "not_saved")


def describe(served: Served, limits: Limits) -> dict[str, Any]:
    """The API of one app, with its models and limits."""
    model = _choice("The model; default the first.", served.names)
    predicting = {
        "model": model,
        "crop": _choice("auto takes a small square picture as it is and finds faces in any other.", CROPS),
    }
    explaining = {
        **predicting,
        "method": _choice(f"The method; default {USUAL_METHOD}.", [*_bases(), *list_explainers()]),
        "target": {"type": "string", "description": "predicted (default), an emotion, or a contrast: fear-surprise."},
        "face": _whole("Which face, the largest being 0; needed where there are several.", 0, limits.faces - 1),
        "samples": _whole("Passes per face of a sampling method.", 2, limits.samples),
        "seed": _whole("Same seed, same numbers.", 0, LARGEST_SEED),
        "attributions": _choice("Whether the map itself is wanted, beside its picture; default no.", YES_NO),
    }
    model_query = [{"name": "model", "in": "query", "required": False, "schema": model}]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fer-xai",
            "version": fer_xai.__version__,
            "description": "What a facial-expression classifier says of a photo, and why. A map shows what moved the "
            "model, not what a person feels.",
        },
        "paths": {
            "/api/v1/predict": {
                "post": _upload("The faces of a photo and their probabilities.", predicting, "Prediction")
            },
            "/api/v1/explain": {
                "post": _upload("Why the model says so of one face.", explaining, "Explanation", _EXPLAIN)
            },
            "/api/v1/models": {"get": _read("The models offered.", "Models")},
            "/api/v1/methods": {
                "get": _read(
                    "The methods, and which work on a model.", "Methods", ("unknown_model", "unknown_parameter")
                )
                | {"parameters": model_query}
            },
            "/healthz": {"get": _read("Whether the app works, and how busy it is.", "Health")},
        },
        "components": {"schemas": _schemas()},
    }


def _bases() -> list[str]:
    return sorted({name.partition(":")[0] for name in list_explainers() if ":" in name})


def _choice(description: str, values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), "description": description}


def _whole(description: str, least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "description": description}


def _upload(summary: str, fields: dict[str, Any], schema: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    picture = {"type": "string", "format": "binary", "contentMediaType": "image/*", "description": "The photo."}
    form = {
        "type": "object",
        "required": ["image"],
        "properties": {"image": picture, **fields},
        "additionalProperties": False,
    }
    kinds = {f"image/{kind.lower()}": {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}
    return {
        "summary": summary,
        "parameters": [{"name": n, "in": "query", "required": False, "schema": s} for n, s in fields.items()],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}, **kinds}},
        "responses": _responses(schema, (*_ALWAYS, *_PICTURE, *more)),
    }


def _read(summary: str, schema: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"summary": summary, "responses": _responses(schema, (*_ALWAYS, *more))}


def _responses(schema: str, codes: tuple[str, ...]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    problems = {
        str(status): {"description": "; ".join(f"{c}: {PROBLEMS[c][1]}" for c in found), **_json("Problem")}
        for status, found in sorted(by_status.items())
    }
    return {"200": {"description": "The answer.", **_json(schema)}, **problems}


def _json(schema: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _schemas() -> dict[str, Any]:
    text, number, whole, truth = ({"type": kind} for kind in ("string", "number", "integer", "boolean"))
    maybe = {"type": ["number", "null"]}
    share = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    face = _object(
        index=whole,
        box=_object(left=number, top=number, right=number, bottom=number),
        picture=text,
        predicted=text,
        probabilities={"type": "object", "additionalProperties": {"type": ["number", "null"]}},
    )
    region = _object(
        level={"type": "string", "enum": ["coarse", "fine"]},
        region=text,
        name=text,
        area=share | {"description": "Of the picture: the share by chance."},
        share=share | {"description": "Of what speaks for the target."},
        negative_share=share | {"description": "Of what speaks against it."},
        log2_enrichment=maybe | {"description": "log2 of share ÷ area; 0 is chance."},
        coverage=share | {"description": "How much of the region the map's highlights cover."},
        counted=truth | {"description": "It holds a tenth of the share, or highlights cover half of it."},
        counted_chance=share | {"description": "How often the same map counts it when shifted over the face."},
    )
    agreement = _object(
        **dict.fromkeys(("codebook", "title", "emotion"), text),
        action_units=_list(whole),
        mass=share | {"description": "Share of what speaks for the target that lies on the emotion's action units."},
        area=share | {"description": "What their area alone would hold: the share by chance."},
        blob=share | {"description": "What a blob in the middle of the picture has there."},
    )
    method = _object(
        **dict.fromkeys(("name", "title", "explains", "cost", "grain", "source"), text),
        works=truth,
        why_not={"type": ["string", "null"]},
    )
    size = _list({"type": ["integer", "null"]})
    return {
        "Prediction": _object(model=text, photo=_object(width=whole, height=whole), faces=_list(face)),
        "Explanation": _object(
            **dict.fromkeys(("model", "method", "explains", "target"), text),
            settings={
                "type": "object",
                "description": "The method's options, with what it chose itself where nothing was asked for.",
            },
            face=face,
            overlay=text,
            attributions={"type": ["array", "null"], "items": _list(number)},
            blank=truth | {"description": "The map holds nothing: by this method nothing in it moves the answer."},
            full_colour=number | {"description": "The absolute attribution that is drawn at full colour."},
            in_probability=truth | {"description": "Whether attributions are changes of the answer's probability."},
            hardly_moves=truth | {"description": "Nothing that was hidden moves the answer by one point."},
            landmarks={"type": "string", "enum": ["mesh", "regressor", "atlas", "none"]},
            regions=_list(region),
            agreement=_list(agreement),
            seconds=number,
            saved={"type": ["string", "null"]},
        ),
        "Models": _object(models=_list(_object(name=text, emotions=_list(text), input=size, scaling=text))),
        "Methods": _object(methods=_list(method)),
        "Health": _object(alive=truth, waiting=whole, places=whole),
        "Problem": _object(error=_object(code={"type": "string", "enum": list(PROBLEMS)}, message=text)),
    }
