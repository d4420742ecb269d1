"""When the sharing of a screen has stopped, and when nothing follows from its silence."""

from app.domain.screen_share import CAMERA_FRAMES, SILENT_AFTER, ScreenShare


def watched(share: ScreenShare, frames: int) -> ScreenShare:
    """After so many frames of the main camera."""
    for _ in range(frames):
        share.camera()
    return share


def test_what_was_never_shared_does_not_stop() -> None:
    assert watched(ScreenShare(), 100).silent(1000.0) is None


def test_silence_counts_from_the_last_frame_and_only_while_the_camera_is_seen() -> None:
    share = ScreenShare()
    share.screen(10.0)
    assert watched(share, CAMERA_FRAMES - 1).silent(10.0 + 2 * SILENT_AFTER) is None
    assert watched(share, 1).silent(10.0 + SILENT_AFTER - 0.1) is None
    assert share.silent(10.0 + SILENT_AFTER) == SILENT_AFTER


def test_a_new_connection_begins_the_wait_anew_and_forgets_nothing_else() -> None:
    share = ScreenShare()
    share.screen(0.0)
    watched(share, 50).restart(100.0)
    assert share.silent(125.0) is None
    assert watched(share, CAMERA_FRAMES).silent(125.0) == 25.0
