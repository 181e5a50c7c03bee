"""Server-rendered pages: templates, static files, and one routes module per audience."""
