"""Train the light landmark regressor on what the face mesh found: a small net from a 48×48 crop to 468 points.

    python -m fer_xai.training.landmarks --data fer2013.csv --out src/fer_xai/faces/landmarks/weights

The mesh is the teacher, so no hand-made labels are needed. Shapes are told by a few dozen coefficients of a linear
model of the mesh's own points (Cootes et al. 1995, "Active shape models"), which the net predicts; the model is shipped
too, because 68 given points, or a face that only an average fits, become 468 points through it.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

SIDE = 48
COEFFICIENTS = 40
CERTAIN = 0.9  # only faces on which the teacher is sure
EPOCHS = 32
BATCH = 128
RATE = 2e-3
TURN, ZOOM, SHIFT = 25.0, 0.22, 0.12  # degrees; relative; share of the side
CHUNK = 2048


def mirror_of(mean: np.ndarray) -> np.ndarray:
    """For each vertex the number of the one on the face's other side, from a mean shape (468, 2)."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    mirrored = mean * [-1, 1] + [2 * mean[:, 0].mean(), 0]
    return np.asarray(linear_sum_assignment(cdist(mirrored, mean))[1])


def shape_model(points: np.ndarray, mirror: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Fit the mean and the principal components of shapes (N, 468, 2), crops and their poses varied as in training."""
    rng = np.random.default_rng(seed)
    both = np.concatenate([points, _mirrored(points, mirror)])
    moved = move_points(both, random_moves(rng, len(both), mirror=False))
    flat = moved.reshape(len(moved), -1).astype(np.float64)
    values, vectors = np.linalg.eigh(np.cov((flat - flat.mean(axis=0)).T))
    basis = vectors[:, ::-1][:, :COEFFICIENTS].T
    upright = both.mean(axis=0)
    return {
        "mean": flat.mean(axis=0).reshape(-1, 2).astype(np.float32),
        "basis": basis.reshape(COEFFICIENTS, -1, 2).astype(np.float16),
        "deviation": np.sqrt(values[::-1][:COEFFICIENTS]).astype(np.float32),
        "average": ((upright + _mirrored(upright[None], mirror)[0]) / 2).astype(np.float32),
        "mirror": mirror.astype(np.int16),
    }


def _mirrored(points: np.ndarray, mirror: np.ndarray) -> np.ndarray:
    return points[:, mirror] * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)


def random_moves(rng: np.random.Generator, n: int, mirror: bool = True) -> np.ndarray:
    """Random similarity maps of the crop [0, 1]² onto itself's surroundings, (N, 2, 3): new point = A point + t."""
    angle = np.deg2rad(TURN) * rng.uniform(-1, 1, n)
    scale = np.exp(ZOOM * rng.uniform(-1, 1, n))
    side = np.where(rng.random(n) < 0.5, -1.0, 1.0) if mirror else np.ones(n)
    a = np.stack([[np.cos(angle) * side, -np.sin(angle)], [np.sin(angle) * side, np.cos(angle)]]).transpose(2, 0, 1)
    a = a * scale[:, None, None]
    shift = 0.5 - a @ [0.5, 0.5] + rng.uniform(-SHIFT, SHIFT, (n, 2))
    return np.concatenate([a, shift[:, :, None]], axis=2).astype(np.float32)


def move_points(points: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Points (N, V, 2) after moves (N, 2, 3)."""
    return np.asarray(points @ moves[:, :, :2].transpose(0, 2, 1) + moves[:, None, :, 2])


def move_images(images: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Crops (N, H, W, 1) after moves (N, 2, 3), repeated at their edges."""
    height, width = images.shape[1:3]
    inverse = np.linalg.inv(moves[:, :, :2])
    offset = -np.einsum("nij,nj->ni", inverse, moves[:, :, 2])
    # Points are pixel-edge coordinates in [0, 1], the resampler's are pixel centres.
    scale, half = np.array([width, height], np.float32), 0.5
    matrix = inverse * scale[:, None] / scale[None]
    origin = offset * scale + np.einsum("nij,j->ni", matrix, [half, half]) - half
    flat = np.zeros((len(images), 8), np.float32)
    flat[:, 0:2], flat[:, 2], flat[:, 3:5], flat[:, 5] = matrix[:, 0], origin[:, 0], matrix[:, 1], origin[:, 1]
    moved = ops.image.affine_transform(
        images, flat, interpolation="bilinear", fill_mode="nearest", data_format="channels_last"
    )
    return ops.convert_to_numpy(moved)


def disturb(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light, noise and a hidden rectangle, on crops (N, H, W, 1) in [0, 1]."""
    n, height, width = images.shape[:3]

    def draw(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (n, 1, 1, 1)).astype(np.float32)

    images = np.clip((images - 0.5) * draw(0.5, 1.3) + 0.5 + draw(-0.25, 0.25), 0, 1) ** np.exp(draw(-0.5, 0.5))
    images = images + rng.normal(0, 1, images.shape).astype(np.float32) * draw(-0.04, 0.04)
    y, x = np.arange(height)[None, :, None, None] / height, np.arange(width)[None, None, :, None] / width
    hidden = (abs(y - draw(0, 1)) < draw(-0.1, 0.2)) & (abs(x - draw(0, 1)) < draw(-0.1, 0.2))
    return np.where(hidden, draw(0, 1), images).astype(np.float32)


def build() -> keras.Model:
    """Build the net: crops (48, 48, 1) in [0, 1] to whitened shape coefficients, 0.4 M parameters."""
    inputs = layers.Input((SIDE, SIDE, 1), name="face")
    x = layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, epsilon=1e-4)(inputs)
    for channels, pool in ((16, True), (32, True), (64, True), (96, False)):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D(2)(x) if pool else x
    x = layers.Conv2D(40, 1, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dense(160, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(COEFFICIENTS, name="coefficients")(x), name="landmarks")


def distance(deviation: np.ndarray, eyes: float) -> Any:
    """Loss: root-mean-square distance of the points, in distances between the eyes' outer corners."""
    weights = ops.convert_to_tensor(deviation / (np.sqrt(468) * eyes), "float32")

    def loss(truth: Any, told: Any) -> Any:
        return ops.sqrt(ops.sum(ops.square((truth - told) * weights), axis=-1) + 1e-8)

    return loss


def coefficients_of(points: np.ndarray, model: dict[str, np.ndarray]) -> np.ndarray:
    """Whitened coefficients (N, K) of shapes (N, 468, 2) in [0, 1]."""
    flat = (points - model["mean"]).reshape(len(points), -1)
    basis = model["basis"].astype(np.float32).reshape(COEFFICIENTS, -1)
    return np.asarray(flat @ basis.T / model["deviation"], np.float32)


def train(images: np.ndarray, points: np.ndarray, out: Path, seed: int = 0, epochs: int = EPOCHS) -> None:
    """Train on crops (N, 48, 48) uint8 and their points (N, 468, 2) in [0, 1]; write the net and the shape model.

    Goes on after a kill, from the last whole epoch in ``OUT/training/``.
    """
    keras.utils.set_random_seed(seed)
    mirror = mirror_of(points.mean(axis=0))
    model = shape_model(points, mirror, seed)
    eyes = float(np.linalg.norm(points[:, 33] - points[:, 263], axis=1).mean())
    net = build()
    steps = -(-len(images) // BATCH)
    net.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(RATE, steps * epochs), weight_decay=1e-3),
        distance(model["deviation"], eyes),
    )
    net.optimizer.build(net.trainable_variables)
    state = out / "training"
    state.mkdir(parents=True, exist_ok=True)
    history = json.loads((state / "history.json").read_text()) if (state / "history.json").exists() else []
    if history:
        net.load_weights(state / "last.weights.h5")
    for epoch in range(len(history), epochs):
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(images))
        moves = random_moves(rng, len(images))
        faces, shapes = np.empty((len(images), SIDE, SIDE, 1), np.float32), np.empty_like(points)
        for start in range(0, len(images), CHUNK):
            rows, part = order[start : start + CHUNK], slice(start, start + CHUNK)
            faces[part] = disturb(move_images(images[rows][..., None].astype(np.float32) / 255, moves[part]), rng)
            turned = np.linalg.det(moves[part][:, :, :2]) < 0
            shapes[part] = move_points(points[rows], moves[part])
            shapes[part] = np.where(turned[:, None, None], shapes[part][:, mirror], shapes[part])
        fitted = net.fit(faces, coefficients_of(shapes, model), batch_size=BATCH, shuffle=False, verbose=0)
        history.append(fitted.history["loss"][0])
        net.save_weights(state / "next.weights.h5")
        os.replace(state / "next.weights.h5", state / "last.weights.h5")
        (state / "history.json").write_text(json.dumps(history))
        print(f"epoch {epoch}: {history[-1]:.4f} of the distance between the eyes", flush=True)
    export(net, model, out)


def export(net: keras.Model, model: dict[str, np.ndarray], out: Path) -> None:
    """Write ``regressor.tflite`` (weights in half precision) and ``shape.npz``."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(net)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    (out / "regressor.tflite").write_bytes(converter.convert())
    np.savez_compressed(out / "shape.npz", **model)  # type: ignore[arg-type]


def main() -> None:
    """Find the teacher's points on the training split, then train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="FER2013, whose training split is used")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--points", type=Path, help="an .npz of the teacher's points and scores, where found already")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = parser.parse_args()
    from fer_xai import load_faces

    faces = load_faces(given.data, split="train")
    if given.points:
        with np.load(given.points, allow_pickle=False) as stored:
            points, scores = stored["points"], stored["scores"]
    else:
        from fer_xai.faces.landmarks import find_landmarks

        found = find_landmarks(faces)
        points, scores = found.points, found.scores
    sure = scores > CERTAIN
    train(faces.pixels()[sure][..., 0], points[sure] / faces.size[0], given.out, given.seed, given.epochs)


if __name__ == "__main__":
    main()
