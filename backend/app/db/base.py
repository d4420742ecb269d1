"""All tables in one metadata, for migrations and backup."""

from app.db import models
from app.db.base_class import Base

__all__ = ["Base", "models"]
