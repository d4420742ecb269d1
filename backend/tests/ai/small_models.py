"""Tiny `.tflite` models of our own, written with TFLite's schema: detectors of coloured things, a few hundred bytes."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from ai_edge_litert import schema_py_generated as schema  # type: ignore[import-untyped]

from app.ai.model_files import MANIFEST_NAME

SIDE = 32
CELLS = 8
THING = 12.0
"""Side of everything the first model finds, in input pixels."""


@dataclass
class Builder:
    """Tensors and operators of one model, in the order they are added."""

    tensors: list[Any] = field(default_factory=list)
    buffers: list[Any] = field(default_factory=lambda: [schema.BufferT()])
    operators: list[Any] = field(default_factory=list)
    codes: list[Any] = field(default_factory=list)

    def tensor(self, shape: Sequence[int], values: np.ndarray | None = None, *, whole: bool = False) -> int:
        """A tensor, constant if it has values; its number."""
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = schema.TensorType.INT32 if whole else schema.TensorType.FLOAT32
        tensor.name = f"tensor{len(self.tensors)}".encode()
        tensor.buffer = 0
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.astype(np.int32 if whole else np.float32).tobytes(), np.uint8)
            self.buffers.append(buffer)
            tensor.buffer = len(self.buffers) - 1
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def operator(self, kind: int, inputs: Sequence[int], output: int, options: tuple[int, Any] | None = None) -> None:
        """One operator."""
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = kind
        code.version = 1
        self.codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes) - 1
        operator.inputs, operator.outputs = list(inputs), [output]
        if options is not None:
            operator.builtinOptionsType, operator.builtinOptions = options
        self.operators.append(operator)

    def pool(self, source: int, side: int, channels: int) -> int:
        """The mean of every side×side square."""
        cells = SIDE // side
        target = self.tensor((1, cells, cells, channels))
        options = schema.Pool2DOptionsT()
        options.filterWidth = options.filterHeight = options.strideW = options.strideH = side
        options.padding = schema.Padding.VALID
        self.operator(
            schema.BuiltinOperator.AVERAGE_POOL_2D, [source], target, (schema.BuiltinOptions.Pool2DOptions, options)
        )
        return target

    def finished(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        """The file."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self.tensors, self.operators
        graph.inputs, graph.outputs = list(inputs), list(outputs)
        model = schema.ModelT()
        model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, self.codes, [graph], self.buffers
        writer = flatbuffers.Builder(1024)
        writer.Finish(model.Pack(writer), b"TFL3")
        return bytes(writer.Output())


def centre_scores() -> bytes:
    """CenterNet's kind: the share of red, green and blue in each of 8×8 cells are three classes' scores."""
    builder = Builder()
    source = builder.tensor((1, SIDE, SIDE, 3))
    heat = builder.pool(source, SIDE // CELLS, 3)
    distances = builder.tensor((1, CELLS, CELLS, 4), np.full((1, CELLS, CELLS, 4), THING / 2))
    return builder.finished([source], [heat, distances])


def detection_postprocess(*, scores_first: bool) -> bytes:
    """SSD's kind: three boxes that always lie there; the picture's red, green and blue are their scores."""
    builder = Builder()
    source = builder.tensor((1, SIDE, SIDE, 3))
    means = builder.pool(source, SIDE, 3)
    scores = builder.tensor((1, 3))
    shape = builder.tensor((2,), np.array([1, 3]), whole=True)
    builder.operator(schema.BuiltinOperator.RESHAPE, [means, shape], scores)
    boxes = builder.tensor((1, 3, 4), np.array([[0, 0, 0.5, 0.25], [0.5, 0.5, 1, 1], [0, 0.75, 0.5, 1]])[None])
    classes = builder.tensor((1, 3), np.array([[0, 1, 2]]))
    count = builder.tensor((1,), np.array([3]))
    order = [scores, boxes, count, classes] if scores_first else [boxes, classes, scores, count]
    return builder.finished([source], order)


def put_in(folder: Path, content: bytes, *, decoder: str, labels: Sequence[str], input_range: str = "0..1") -> None:
    """Make this the folder's object detector, as docs/models.md tells an institution to."""
    path = folder / MANIFEST_NAME
    text = path.read_text().replace('role = "objects"\n', "")
    (folder / "own.tflite").write_bytes(content)
    fields = {
        "file": "own.tflite",
        "package": "our school",
        "version": "1",
        "path": "-",
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "ours",
        "input": "32x32 RGB",
        "answers": "coloured cards",
        "role": "objects",
        "decoder": decoder,
        "input_range": input_range,
    }
    lines = [f'{name} = "{value}"' for name, value in fields.items()]
    text += "\n".join(["", "[models.own]", *lines, f"labels = {list(labels)!r}", ""])
    assert tomllib.loads(text)
    path.write_text(text)
