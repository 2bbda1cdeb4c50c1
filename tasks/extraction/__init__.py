"""Payload in, claims out: decoding, the engines, and what a page says about itself."""
