"""The spiders; there is one, driven by a profile."""
