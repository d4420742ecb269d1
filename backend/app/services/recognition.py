"""Who is expected in one live exam session: the face of its first good pictures, passed to the engine from then on."""

import structlog

from app.db.session import Sessions, is_passing, unit_of_work
from app.domain.face_templates import Enrolment
from app.domain.violations import ViolationKind
from app.services.face_templates import TemplateSource, store_template
from app.services.sitting import Sitting

log = structlog.get_logger(__name__)


class Recognition:
    """In memory as long as the sitting is live. Without keys nothing may be stored, and nobody is enrolled."""

    def __init__(self, sitting: Sitting, sessions: Sessions, known: bytes | None) -> None:
        self._sitting = sitting
        self._sessions = sessions
        self._known = known
        self._enrolment = Enrolment()

    @property
    def reference(self) -> bytes | None:
        """The face to expect, where it is known and wanted."""
        return self._known if self._wanted else None

    @property
    def enrolling(self) -> bool:
        """Whether pictures for a reference are still needed."""
        return self._wanted and self._known is None and self._sitting.keys is not None

    @property
    def _wanted(self) -> bool:
        return ViolationKind.IDENTITY_MISMATCH not in self._sitting.disabled

    def expect(self, template: bytes) -> None:
        """The student was enrolled by a picture."""
        self._known = template

    async def offer(self, template: bytes) -> None:
        """A good picture out of the stream; enough that agree become the reference, and are stored."""
        reference = self._enrolment.offer(template) if self.enrolling else None
        keys = self._sitting.keys
        if reference is None or keys is None:
            return
        try:
            async with unit_of_work(self._sessions) as db:
                await store_template(db, self._sitting.id, reference, keys.pictures, source=TemplateSource.STREAM)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("face_template.retry", exam_session_id=self._sitting.id, error=type(error).__name__)
            return
        self._known = reference
