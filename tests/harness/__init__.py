"""What the tests stand on: databases made by the migrations, a real server, a real browser."""
