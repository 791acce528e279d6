"""Measurements that anyone can repeat: quality of extraction, speed and memory. Never part of the tests."""
