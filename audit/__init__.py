"""Ties documents to the books, and shows that both are right."""
