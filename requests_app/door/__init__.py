"""The door for files from outside: size, real type, virus scan, pictures drawn anew. There is no other way in."""
