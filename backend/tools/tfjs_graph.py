"""Rebuild a TF.js graph model node by node with TensorFlow and convert it to `.tflite`.

TensorFlow's own converter takes functions, not TF.js files: here each node of the graph becomes one call inside a
function. Only what the models we ship need is known; an unknown operation stops the build.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]

Node: TypeAlias = dict[str, Any]
Tensors: TypeAlias = dict[str, Any]
ACTIVATIONS = {"Relu": tf.nn.relu, "Relu6": tf.nn.relu6}
Shaped: TypeAlias = Callable[[Any], Any]
TWO_SIDED = {
    "Add": tf.add,
    "AddV2": tf.add,
    "Mul": tf.multiply,
    "Sub": tf.subtract,
    "Minimum": tf.minimum,
    "Maximum": tf.maximum,
}
ONE_SIDED = {
    "Relu": tf.nn.relu,
    "Relu6": tf.nn.relu6,
    "Sigmoid": tf.sigmoid,
    "Softmax": tf.nn.softmax,
    "Identity": tf.identity,
}


@dataclass(frozen=True, slots=True)
class Graph:
    """A TF.js graph: its nodes by name, its constants by name, and the name of its one input."""

    nodes: dict[str, Node]
    constants: dict[str, Any]
    input: str


def plain(weights: Mapping[str, Any], raw: bytes) -> Any:
    """One weight as TF.js stored it (float16, or uint8/uint16 with scale and min, or plain) → float32 or int32."""
    quantized = weights.get("quantization")
    stored = np.frombuffer(raw, dtype=quantized["dtype"] if quantized else weights["dtype"])
    values = stored.astype(weights["dtype"])
    if quantized and "scale" in quantized:
        values = stored.astype(np.float32) * np.float32(quantized["scale"]) + np.float32(quantized["min"])
    return values.reshape(weights["shape"])


def read_graph(path: Path) -> Graph:
    """A graph from its `.json`; the weights lie beside it under the names the json gives."""
    model = json.loads(path.read_text(encoding="utf-8"))
    constants = {}
    for group in model["weightsManifest"]:
        raw = b"".join((path.parent / name).read_bytes() for name in group["paths"])
        at = 0
        for weights in group["weights"]:
            stored = weights.get("quantization", weights)["dtype"]
            size = int(np.prod(weights["shape"], dtype=np.int64)) * np.dtype(stored).itemsize
            constants[weights["name"]] = plain(weights, raw[at : at + size])
            at += size
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    source = next(name for name, node in nodes.items() if node["op"] == "Placeholder")
    return Graph(nodes, constants, source)


@dataclass(frozen=True, slots=True)
class Turned:
    """A value that the graph holds channels first (N×C×H×W), kept as TensorFlow computes it: `kept` is N×H×W×C.

    Graphs that come from PyTorch turn every picture to and fro around each convolution; here nothing is turned at all.
    """

    kept: Any

    @property
    def plain(self) -> Any:
        """As the graph holds it."""
        return tf.transpose(self.kept, FIRST)


FIRST, LAST = [0, 3, 1, 2], [0, 2, 3, 1]
"""Axes that bring the channels to the front, and back to the end."""


def plain_of(value: Any) -> Any:
    """A tensor, whichever way it is kept."""
    return value.plain if isinstance(value, Turned) else value


def turned(inputs: Sequence[Any]) -> Any:
    """A transposition, left out wherever it can be."""
    value, axes = inputs[0], [int(axis) for axis in inputs[1]]
    if isinstance(value, Turned):
        return value.kept if axes == LAST else tf.transpose(value.plain, axes)
    return Turned(value) if axes == FIRST else tf.transpose(value, axes)


def computed_turned(node: Node, inputs: Sequence[Any]) -> Any:
    """The answer of a node whose pictures are all kept channels last; None where it must be computed as it stands."""
    kept = [value.kept if isinstance(value, Turned) else value for value in inputs]
    pictures, rest = [value for value in inputs if isinstance(value, Turned)], kept[1:]
    if node["op"] in ("LeakyRelu", *ONE_SIDED) or (node["op"] in TWO_SIDED and len(pictures) == 2):
        return Turned(computed(node, kept))
    if node["op"] in ("Pad", "PadV2"):
        return Turned(computed(node, [kept[0], np.asarray(rest[0])[LAST], *rest[1:]]))
    if node["op"] == "ConcatV2" and len(pictures) == len(inputs) - 1 and int(kept[-1]) == 1:
        return Turned(tf.concat(kept[:-1], axis=3))
    if node["op"] == "SplitV" and int(kept[2]) == 1:
        return [Turned(part) for part in computed(node, [kept[0], kept[1], 3])]
    return None


def padding_of(node: Node) -> str:
    """SAME or VALID."""
    return base64.b64decode(node["attr"]["padding"]["s"]).decode()


def numbers_of(node: Node, name: str) -> list[int]:
    """A list attribute."""
    return [int(value) for value in node["attr"][name]["list"]["i"]]


def fused(node: Node, value: Any, extra: Sequence[Any]) -> Any:
    """What a fused node does after its product: add a bias, then an activation."""
    for encoded in node["attr"]["fused_ops"]["list"]["s"]:
        step = base64.b64decode(encoded).decode()
        value = tf.nn.bias_add(value, extra[0]) if step == "BiasAdd" else ACTIVATIONS[step](value)
    return value


def convolution(node: Node, inputs: Sequence[Any]) -> Any:
    """Plain and depthwise convolutions, with what is fused to them."""
    strides, padding = numbers_of(node, "strides"), padding_of(node)
    dilations = numbers_of(node, "dilations") if "dilations" in node["attr"] else [1, 1, 1, 1]
    if "Depthwise" in node["op"]:
        value = tf.nn.depthwise_conv2d(inputs[0], inputs[1], strides, padding, dilations=dilations[1:3])
    else:
        value = tf.nn.conv2d(inputs[0], inputs[1], strides[1:3], padding, dilations=dilations[1:3])
    return fused(node, value, inputs[2:]) if "used" in node["op"] else value


def product(node: Node, inputs: Sequence[Any]) -> Any:
    """A fused matrix product."""
    turned = node["attr"]
    value = tf.matmul(
        inputs[0],
        inputs[1],
        transpose_a=turned.get("transpose_a", {}).get("b", False),
        transpose_b=turned.get("transpose_b", {}).get("b", False),
    )
    return fused(node, value, inputs[2:])


def pooled(node: Node, inputs: Sequence[Any]) -> Any:
    """Max pooling."""
    return tf.nn.max_pool2d(inputs[0], numbers_of(node, "ksize"), numbers_of(node, "strides"), padding_of(node))


def resized(node: Node, inputs: Sequence[Any]) -> Any:
    """Bilinear resizing to a constant size."""
    return tf.compat.v1.image.resize_bilinear(
        inputs[0],
        inputs[1],
        align_corners=node["attr"]["align_corners"]["b"],
        half_pixel_centers=node["attr"]["half_pixel_centers"]["b"],
    )


def averaged(node: Node, inputs: Sequence[Any]) -> Any:
    """Mean over constant axes."""
    return tf.reduce_mean(inputs[0], axis=inputs[1], keepdims=node["attr"]["keep_dims"]["b"])


def padded(inputs: Sequence[Any]) -> Any:
    """Padding with a constant; with −∞, as before a maximum, with the edge itself: the same maximum, in 8 bits too."""
    value, margins, constant = inputs
    if not np.isneginf(constant):
        return tf.pad(value, margins, constant_values=constant)
    for axis, (before, after) in enumerate(np.asarray(margins).tolist()):
        size = int(value.shape[axis])
        first, last = tf.gather(value, [0], axis=axis), tf.gather(value, [size - 1], axis=axis)
        value = tf.concat([first] * before + [value] + [last] * after, axis)
    return value


SHAPED: dict[str, Callable[[Node, Sequence[Any]], Any]] = {
    "Conv2D": convolution,
    "_FusedConv2D": convolution,
    "DepthwiseConv2dNative": convolution,
    "FusedDepthwiseConv2dNative": convolution,
    "_FusedMatMul": product,
    "MaxPool": pooled,
    "ResizeBilinear": resized,
    "Mean": averaged,
    "LeakyRelu": lambda node, inputs: tf.nn.leaky_relu(inputs[0], node["attr"]["alpha"]["f"]),
    "Pad": lambda node, inputs: tf.pad(inputs[0], inputs[1]),
    "PadV2": lambda node, inputs: padded(inputs),
    "SplitV": lambda node, inputs: tf.split(inputs[0], [int(size) for size in inputs[1]], axis=int(inputs[2])),
    "ConcatV2": lambda node, inputs: tf.concat(inputs[:-1], axis=int(inputs[-1])),
    "Reshape": lambda node, inputs: tf.reshape(inputs[0], inputs[1]),
}


def computed(node: Node, inputs: Sequence[Any]) -> Any:
    """The answer of one node."""
    if node["op"] == "Transpose":
        return turned(inputs)
    if any(isinstance(value, Turned) for value in inputs):
        answer = computed_turned(node, inputs)
        return computed(node, [plain_of(value) for value in inputs]) if answer is None else answer
    if node["op"] in TWO_SIDED:
        return TWO_SIDED[node["op"]](inputs[0], inputs[1])
    if node["op"] in ONE_SIDED:
        return ONE_SIDED[node["op"]](inputs[0])
    return SHAPED[node["op"]](node, inputs)


def order_of(graph: Graph, outputs: Sequence[str]) -> list[str]:
    """The names of all nodes that the outputs need, each after those it needs itself."""
    order: list[str] = []
    waiting = [(part_of(name)[0], False) for name in reversed(outputs)]
    seen: set[str] = set()
    while waiting:
        name, ready = waiting.pop()
        if ready:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            waiting.append((name, True))
            waiting += [(part_of(source)[0], False) for source in graph.nodes[name].get("input", [])]
    return order


def part_of(name: str) -> tuple[str, int | None]:
    """`node:1` is the second answer of a node that has several; None for the only one."""
    node, _, number = name.partition(":")
    return node, int(number) if number else None


def value_of(known: Tensors, name: str) -> Any:
    """What a node, or one of its parts, answered."""
    node, number = part_of(name)
    value = known[node]
    if isinstance(value, list):
        return value[number or 0]
    return value


def unchanged(picture: Any) -> Any:
    """For graphs that take the picture as it is."""
    return picture


def narrowed(graph: Graph, heads: Sequence[str], kept: Sequence[int], of: int) -> Graph:
    """The graph whose heads (convolutions, what is added to them) answer only the `kept` classes of `of`.

    What a head answers behind its classes stays. The answers that stay are the same; the others are not computed.
    """
    constants = dict(graph.constants)
    for name in {source for head in heads for source in graph.nodes[head]["input"] if source in constants}:
        columns = [*kept, *range(of, constants[name].shape[-1])]
        constants[name] = constants[name][..., columns]
    return Graph(graph.nodes, constants, graph.input)


def unturned(value: Any) -> Any:
    """A picture's answer, channels last where it was kept so."""
    return value.kept if isinstance(value, Turned) else value


def to_tflite(
    graph: Graph,
    *,
    outputs: Sequence[str],
    side: int,
    begin: Shaped = unchanged,
    pictures: Callable[[int], Iterator[Any]] | None = None,
) -> bytes:
    """The graph with a 1×side×side×3 input and these outputs as a `.tflite`, pictures channels last.

    Weights in float16; in whole numbers of 8 bits, and all that is computed too, where there are `pictures` of that
    side (1×side×side×3, 0..255) to see its ranges on. `begin` makes of the picture what the graph wants.
    """
    order = order_of(graph, outputs)

    @tf.function(input_signature=[tf.TensorSpec((1, side, side, 3), tf.float32)])  # type: ignore[untyped-decorator, unused-ignore]
    def run(picture: Any) -> list[Any]:
        known: Tensors = {graph.input: begin(picture), **graph.constants}
        for name in order:
            if name not in known:
                node = graph.nodes[name]
                known[name] = computed(node, [value_of(known, source) for source in node["input"]])
        return [unturned(value_of(known, name)) for name in outputs]

    function = run.get_concrete_function()
    if pictures is not None:
        return in_whole_numbers(function, lambda: ([picture] for picture in pictures(side)))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def in_whole_numbers(function: Any, pictures: Callable[[], Iterator[Any]]) -> bytes:
    """A `.tflite` that computes in 8 bits, its ranges seen on these pictures.

    What is done to the picture first stays float: in 8 bits that alone made a third of the things of the same network
    go unseen.
    """
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = pictures
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=["REVERSE_V2", "SUB", "MUL"])
    quantised = tf.lite.experimental.QuantizationDebugger(
        converter=converter, debug_dataset=pictures, debug_options=options
    )
    return bytes(quantised.get_nondebug_quantized_model())
