"""The JSON API, and the root that puts all rooms together into one application."""
