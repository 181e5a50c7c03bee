"""What every room needs: settings, database, errors, clock, ids, calendar days."""
