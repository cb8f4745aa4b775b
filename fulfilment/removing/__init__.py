"""Erasure (Art. 17): carried out, proved, certified; later what had to stay, again what a backup brought back."""
