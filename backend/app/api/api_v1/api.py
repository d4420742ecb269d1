"""All routes under `/api/v1`."""

from fastapi import APIRouter

from app.api.api_v1.endpoints import auth, exams, root, users

router = APIRouter()
router.include_router(root.router)
router.include_router(auth.router)
router.include_router(users.router)
router.include_router(exams.router)
