"""From a JPEG to a FrameReport, in worker processes that hold no secrets."""

import os

# OpenCV reads this once, while it is loaded: so here, before any module of this folder can load it. The guard has seen
# a picture's header; this holds where a decoder is led to think otherwise. `proctor analyze` allows its user more.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(3840 * 2160))
