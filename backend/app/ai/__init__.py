"""From a JPEG to a FrameReport, in worker processes that hold no secrets."""
