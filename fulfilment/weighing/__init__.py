"""What a person must weigh: objections (Art. 21(1)) and automated decisions (Art. 22)."""
