"""How the portal talks to a source system: describe, find, plan, rehearse, execute, verify. No connector sees a Case."""
