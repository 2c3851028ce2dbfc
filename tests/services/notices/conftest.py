"""Services of a program that can tell somebody."""

from tests.services.notices.telling import with_receivers

__all__ = ["with_receivers"]
