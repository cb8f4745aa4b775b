"""Who is told: recipients (Art. 19, 17(2)), and of breaches (Art. 33, 34)."""
