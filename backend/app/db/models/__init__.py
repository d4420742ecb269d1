"""One file per noun; importing this package registers every table."""

from app.db.models.answers import Answer, QuestionFlag, QuestionOpening
from app.db.models.audit import AuditEntry
from app.db.models.consents import Consent
from app.db.models.custody import CustodyLink, CustodyManifest, CustodyStamp
from app.db.models.demo_runs import DemoRun
from app.db.models.documents import Document
from app.db.models.exam_sessions import ClientMessage, ExamSession
from app.db.models.exams import Accommodation, Exam, ExamEnrolment
from app.db.models.face_templates import FaceTemplate
from app.db.models.files import UploadedFile
from app.db.models.films import FilmPiece
from app.db.models.installation import InstallationMark
from app.db.models.institution import Institution
from app.db.models.notifications import Notification
from app.db.models.outages import Outage, ServerPause
from app.db.models.questions import Paper, Question, Section
from app.db.models.reviews import GivenDecision, GivenVerdict, StaffNote, StudentComment
from app.db.models.scrub_runs import ScrubRun
from app.db.models.sign_in import ExternalIdentity, PasswordReset, ProviderLogin
from app.db.models.sitting_messages import SittingMessage
from app.db.models.sound_pieces import SoundPiece
from app.db.models.users import RefreshToken, SocketTicket, User
from app.db.models.violations import Evidence, Violation
from app.db.models.wrapped_keys import WrappedKey

__all__ = [
    "Accommodation",
    "Answer",
    "AuditEntry",
    "ClientMessage",
    "Consent",
    "CustodyLink",
    "CustodyManifest",
    "CustodyStamp",
    "DemoRun",
    "Document",
    "Evidence",
    "Exam",
    "ExamEnrolment",
    "ExamSession",
    "ExternalIdentity",
    "FaceTemplate",
    "FilmPiece",
    "GivenDecision",
    "GivenVerdict",
    "InstallationMark",
    "Institution",
    "Notification",
    "Outage",
    "Paper",
    "PasswordReset",
    "ProviderLogin",
    "Question",
    "QuestionFlag",
    "QuestionOpening",
    "RefreshToken",
    "ScrubRun",
    "Section",
    "ServerPause",
    "SittingMessage",
    "SocketTicket",
    "SoundPiece",
    "StaffNote",
    "StudentComment",
    "UploadedFile",
    "User",
    "Violation",
    "WrappedKey",
]
