"""Tortoise engines that keep their connection when a caller is cancelled."""
