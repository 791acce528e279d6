"""WARC/1.1: records built byte for byte, written durably, read back, verified by the standard."""
