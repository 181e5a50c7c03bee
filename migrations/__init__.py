"""One linear history of the database, applied by Tortoise's migrations."""
