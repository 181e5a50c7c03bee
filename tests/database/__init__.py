"""The schema as it really is."""
