"""All routes under `/api/v1`."""

from fastapi import APIRouter

from app.api.api_v1.endpoints import (
    accommodations,
    administration,
    analytics,
    auth,
    authoring,
    calendar,
    consents,
    conversation,
    demo_data,
    detection,
    documents,
    enrolment_imports,
    evidence,
    exam_sessions,
    exams,
    face_templates,
    family,
    files,
    grading,
    notifications,
    proctoring,
    question_files,
    questions,
    reports,
    reviews,
    root,
    student_way,
    users,
    verdicts,
)

router = APIRouter()
router.include_router(root.router)
router.include_router(auth.router)
router.include_router(users.router)
router.include_router(calendar.router)  # before /exams/{exam_id}
router.include_router(exams.router)
router.include_router(questions.router)
router.include_router(question_files.router)
router.include_router(authoring.router)
router.include_router(grading.router)
router.include_router(proctoring.router)
router.include_router(exam_sessions.router)
router.include_router(face_templates.router)
router.include_router(evidence.router)
router.include_router(accommodations.router)
router.include_router(detection.router)
router.include_router(verdicts.router)
router.include_router(analytics.router)
router.include_router(files.router)
router.include_router(notifications.router)
router.include_router(enrolment_imports.router)
router.include_router(reviews.router)
router.include_router(consents.router)
router.include_router(conversation.router)
router.include_router(documents.router)
router.include_router(student_way.router)
router.include_router(reports.router)
router.include_router(administration.router)
router.include_router(demo_data.router)
router.include_router(family.router)
