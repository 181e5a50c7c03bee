"""Documents of this room."""
