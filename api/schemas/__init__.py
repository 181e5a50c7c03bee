"""What goes in and out of the JSON API: strict shapes, at the edge only."""
