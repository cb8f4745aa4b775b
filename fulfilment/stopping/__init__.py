"""Marketing and consent (Art. 21(2)-(3), 7(3)): at once, and for good."""
