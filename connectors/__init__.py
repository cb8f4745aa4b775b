"""How the portal talks to a source: describe, find, plan, rehearse, execute, verify. No connector sees a Case."""
