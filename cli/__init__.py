"""The command line: serve, migrate, demo, verify, people, setting up."""
