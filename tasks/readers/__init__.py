"""Readers: a SOURCE in, documents out, one `RawItem` for each thing that claims to hold a page.

The only room that touches the world. `by_kind.read` is its door; every other module reads one
kind of input from a stream of bytes, or helps to.
"""
