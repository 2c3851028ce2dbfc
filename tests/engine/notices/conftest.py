"""Services of a program that can tell somebody."""

from tests.services.notices.telling import told

__all__ = ["told"]
