"""One TFLite network on one thread: verified bytes in, arrays in, arrays out."""

from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-untyped]
from numpy.typing import NDArray

from app.ai.graph_shape import with_height
from app.ai.model_files import MODELS_FOLDER, verified

Array: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[np.uint8]


def open_model(name: str, folder: Path = MODELS_FOLDER) -> Interpreter:
    """A verified model, loaded for one thread; raises ModelRefused when it is not what the manifest says."""
    return loaded(verified(name, folder))


def loaded(content: bytes, share: Fraction = Fraction(1)) -> Interpreter:
    """A model's verified bytes, for pictures of this share of its own height (graph_shape.py).

    One thread on purpose: a worker owns one core, and XNNPACK (LiteRT's default CPU path) then needs no locks.
    """
    reshaped = share != 1
    interpreter = Interpreter(model_content=with_height(content, share) if reshaped else content, num_threads=1)
    if reshaped:
        entry = interpreter.get_input_details()[0]
        number, own, width, colours = (int(value) for value in entry["shape"])
        interpreter.resize_tensor_input(entry["index"], [number, int(own * share), width, colours])
    interpreter.allocate_tensors()
    return interpreter


class Network:
    """A loaded model with one input and one or more outputs; not safe for use by two threads at once.

    `runs` counts its uses. One thread on purpose: a worker owns one core, and XNNPACK (LiteRT's default CPU path) then
    needs no locks.
    """

    def __init__(self, name: str, folder: Path = MODELS_FOLDER) -> None:
        self.runs = 0
        self._interpreter = open_model(name, folder)
        entry = self._interpreter.get_input_details()[0]
        self._input: int = entry["index"]
        self.side = int(entry["shape"][1])
        self._outputs: dict[int, int] = {
            int(np.prod(detail["shape"])): detail["index"] for detail in self._interpreter.get_output_details()
        }

    def __call__(self, picture: Array) -> dict[int, Array]:
        """Run on 1×side×side×3 float32; the answers by their number of values (every model here differs in them)."""
        self.runs += 1
        self._interpreter.set_tensor(self._input, picture)
        self._interpreter.invoke()
        return {size: self._interpreter.get_tensor(index) for size, index in self._outputs.items()}
