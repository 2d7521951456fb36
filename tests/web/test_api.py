"""What the API answers: true numbers about the right face."""

from __future__ import annotations

import base64
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fer_xai.api import explain
from fer_xai.faces import Faces
from fer_xai.web import Limits, make_app
from tests.web.conftest import EMOTIONS, by_mouth, encoded, stub


def picture(uri: str) -> np.ndarray:
    """The pixels of a data URI."""
    return np.asarray(Image.open(BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB"))


def test_a_crop_is_predicted_as_it_is(post, crop):
    answer = post("predict", encoded(crop)).get_json()
    (face,) = answer["faces"]
    expected = by_mouth(crop[None, ..., None].astype(np.float32) / 255)[0]
    assert list(face["probabilities"]) == list(EMOTIONS)
    assert np.allclose(list(face["probabilities"].values()), expected, atol=1e-6)
    assert face["predicted"] == EMOTIONS[expected.argmax()]
    assert np.array_equal(picture(face["picture"])[..., 0], crop)
    assert face["box"] == {"left": 0, "top": 0, "right": 1, "bottom": 1}


def test_the_face_of_a_photo_is_found_where_it_is(post, photo):
    answer = post("predict", encoded(photo, "JPEG")).get_json()
    (face,) = answer["faces"]
    assert answer["photo"] == {"width": 512, "height": 512}
    middle = ((face["box"]["left"] + face["box"]["right"]) / 2, (face["box"]["top"] + face["box"]["bottom"]) / 2)
    assert np.allclose(middle, (0.44, 0.24), atol=0.05), "the astronaut's face"
    assert picture(face["picture"]).shape == (48, 48, 3)


def test_of_several_faces_the_largest_comes_first_and_one_must_be_chosen(post, pair):
    data = encoded(pair)
    large, small = post("predict", data).get_json()["faces"]
    assert large["box"]["right"] < 0.5 < small["box"]["left"]
    refused = post("explain", data)
    assert refused.status_code == 422
    assert refused.get_json()["error"]["code"] == "several_faces"
    assert refused.get_json()["error"]["faces"] == 2
    chosen = post("explain", data, face="1").get_json()
    assert chosen["face"]["box"] == small["box"]
    assert post("explain", data, face="2").get_json()["error"]["code"] == "unknown_face"


def test_an_explanation_is_what_the_library_gives(post, crop):
    answer = post("explain", encoded(crop), target="happy", attributions="yes").get_json()
    faces = Faces.from_array(crop[None])
    expected = explain(stub(), faces, "occlusion", target="happy")
    assert np.allclose(answer["attributions"], expected.attributions[0], atol=1e-6)
    assert expected.settings["patch"] is None
    assert answer["settings"]["patch"] == expected.details["patch"], "what it chose itself is told"
    regions = expected.regions().set_index(["level", "region"])
    assert len(answer["regions"]) == len(regions)
    for row in answer["regions"]:
        known = regions.loc[(row["level"], row["region"])]
        assert row["area"] == pytest.approx(known["area"], nan_ok=True)
        assert (row["share"] is None and np.isnan(known["share"])) or row["share"] == pytest.approx(known["share"])
    assert picture(answer["overlay"]).shape == (48, 48, 3)
    assert post("explain", encoded(crop), target="happy").get_json()["attributions"] is None


def test_the_map_lies_where_the_function_looks(post, crop):
    answer = post("explain", encoded(crop), target="happy-sad", attributions="yes").get_json()
    maps = np.abs(np.array(answer["attributions"]))
    assert answer["target"] == "happy-sad"
    assert maps[36:].mean() > 20 * maps[:24].mean()


def test_codebooks_stand_beside_two_kinds_of_chance(post, photo):
    answer = post("explain", encoded(photo), target="happy").get_json()
    assert answer["landmarks"] == "mesh"
    rows = {row["codebook"]: row for row in answer["agreement"]}
    assert rows["facs2002"]["action_units"] == [6, 12]
    for row in rows.values():
        assert 0 < row["area"] < row["blob"] < 1, "the mouth and the eyes lie towards the middle"
        assert 0 <= row["mass"] <= 1
    neutral = post("explain", encoded(photo), target="neutral").get_json()["agreement"]
    assert all(row["mass"] is None and not row["action_units"] for row in neutral)


def test_the_same_question_gets_the_same_answer(post, crop):
    first, second = (post("explain", encoded(crop), method="lime", samples="64", seed="7").get_json() for _ in "ab")
    other = post("explain", encoded(crop), method="lime", samples="64", seed="8").get_json()
    assert first["method"] == "lime:slic"
    assert first["regions"] == second["regions"] != other["regions"]


def test_the_whole_body_may_be_the_picture(client, crop):
    data = encoded(crop)
    plain = client.post("/api/v1/explain?target=sad", data=data, content_type="image/png").get_json()
    assert plain["target"] == "sad"


def test_models_are_chosen_by_name(crop, post):
    never = stub(lambda faces: np.tile(np.array([0, 0, 1], np.float32), (len(faces), 1)), "never")
    two = make_app({"stub": stub(), "never": never}).test_client()
    assert [model["name"] for model in two.get("/api/v1/models").get_json()["models"]] == ["stub", "never"]
    assert post("predict", encoded(crop), to=two).get_json()["model"] == "stub"
    answer = post("predict", encoded(crop), to=two, model="never").get_json()
    assert answer["faces"][0]["predicted"] == "neutral"


def test_a_method_that_does_not_fit_is_listed_with_its_reason_and_refused(client, post, crop):
    methods = {method["name"]: method for method in client.get("/api/v1/methods").get_json()["methods"]}
    assert methods["occlusion"]["works"]
    assert not methods["gradcam"]["works"]
    assert methods["gradcam"]["why_not"]
    refused = post("explain", encoded(crop), method="gradcam")
    assert refused.get_json()["error"]["code"] == "method_does_not_fit"


def test_a_flat_function_gives_an_empty_map_that_says_so(crop, post):
    flat = stub(lambda faces: np.full((len(faces), 3), 1 / 3, np.float32), "flat")
    answer = post("explain", encoded(crop), to=make_app({"flat": flat}).test_client(), target="happy").get_json()
    assert answer["blank"] is True
    assert all(row["share"] is None for row in answer["regions"])
    assert not [value for value in json.dumps(answer).split() if value in ("NaN,", "Infinity,")]


def test_nothing_is_stored_unless_asked(tmp_path, crop, post, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert post("explain", encoded(crop)).get_json()["saved"] is None
    assert not list(tmp_path.iterdir())
    folder = tmp_path / "kept"
    saving = make_app({"stub": stub()}, folder=folder).test_client()
    name = post("explain", encoded(crop), to=saving).get_json()["saved"]
    assert [path.name for path in folder.iterdir()] == [name]
    assert post("explain", encoded(crop), to=saving).get_json()["saved"] == name, "asking twice writes one file"
    kept = json.loads((folder / name).read_text())
    assert kept["model"] == "stub"
    assert picture(kept["face"]["picture"]).shape == (48, 48, 3)


def test_what_cannot_be_saved_is_told(tmp_path, crop, post):
    (tmp_path / "file").write_text("")
    blocked = make_app({"stub": stub()}, folder=tmp_path / "file" / "below").test_client()
    answer = post("explain", encoded(crop), to=blocked)
    assert answer.status_code == 507
    assert answer.get_json()["error"]["code"] == "not_saved"
    assert str(tmp_path) not in answer.text


def test_more_faces_than_the_app_takes_are_left_out(pair, post):
    one = make_app({"stub": stub()}, Limits(faces=1, seconds=600)).test_client()
    (face,) = post("predict", encoded(pair), to=one).get_json()["faces"]
    assert face["box"]["right"] < 0.5
