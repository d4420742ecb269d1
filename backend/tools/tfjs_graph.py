"""Rebuild a TF.js graph model node by node with TensorFlow and convert it to `.tflite`.

TensorFlow's own converter takes functions, not TF.js files: here each node of the graph becomes one call inside a
function. Only what the models we ship need is known; an unknown operation stops the build.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]

Node: TypeAlias = dict[str, Any]
Tensors: TypeAlias = dict[str, Any]
ACTIVATIONS = {"Relu": tf.nn.relu, "Relu6": tf.nn.relu6}
Shaped: TypeAlias = Callable[[Any], Any]
Finished: TypeAlias = Callable[[Sequence[Any]], list[Any]]
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
    "PadV2": lambda node, inputs: tf.pad(inputs[0], inputs[1], constant_values=inputs[2]),
    "Transpose": lambda node, inputs: tf.transpose(inputs[0], inputs[1]),
    "SplitV": lambda node, inputs: tf.split(inputs[0], [int(size) for size in inputs[1]], axis=int(inputs[2])),
    "ConcatV2": lambda node, inputs: tf.concat(inputs[:-1], axis=int(inputs[-1])),
    "Reshape": lambda node, inputs: tf.reshape(inputs[0], inputs[1]),
}


def computed(node: Node, inputs: Sequence[Any]) -> Any:
    """The answer of one node."""
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


def to_tflite(
    path: Path,
    *,
    outputs: Sequence[str],
    side: int,
    half: bool,
    begin: Shaped = unchanged,
    finish: Finished = list,
) -> bytes:
    """The graph with a 1×side×side×3 input and these outputs as a `.tflite`; weights in float16 when `half`.

    `begin` makes of the picture what the graph wants; `finish` makes of its outputs what the server can read.
    """
    graph = read_graph(path)
    order = order_of(graph, outputs)

    @tf.function(input_signature=[tf.TensorSpec((1, side, side, 3), tf.float32)])  # type: ignore[untyped-decorator, unused-ignore]
    def run(picture: Any) -> list[Any]:
        known: Tensors = {graph.input: begin(picture), **graph.constants}
        for name in order:
            if name not in known:
                node = graph.nodes[name]
                known[name] = computed(node, [value_of(known, source) for source in node["input"]])
        return finish([value_of(known, name) for name in outputs])

    converter = tf.lite.TFLiteConverter.from_concrete_functions([run.get_concrete_function()])
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())
