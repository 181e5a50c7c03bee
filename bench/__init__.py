"""`make bench`: the figures we publish, each as a ratio to a baseline that runs beside it on the same machine."""
