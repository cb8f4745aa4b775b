"""Rectification (Art. 16) and restriction (Art. 18)."""
