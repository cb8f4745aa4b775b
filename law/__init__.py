"""The Regulation as functions: plain values in, an answer with its reasons out.

Nothing here reads a clock, a setting or a database; `today` is always passed in.
"""
