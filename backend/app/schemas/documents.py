"""Documents that students hand in, as they go out."""

from datetime import datetime

from pydantic import computed_field

from app.domain.documents import DocumentKind
from app.schemas.base import Output


class DocumentRead(Output):
    """One picture; `url` needs the Authorization header of the exam's staff."""

    id: int
    exam_session_id: int
    kind: DocumentKind
    sha256: str
    size: int
    created_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        """Where the bytes are."""
        return f"/api/v1/documents/{self.id}"
