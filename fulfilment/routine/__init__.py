"""The monthly run a company's policy promises: what is over is found, approved, anonymised or erased, and proved.

`runs` is the life of a run, `planning` and `carrying` what happens to one of its pages, `lanes`, `people`, `hoard` and
`verdicts` how the rows of a page are decided (Art. 5(1)(e) GDPR).
"""
