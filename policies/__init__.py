"""What a controller promises: the folder of a company, read, checked and frozen.

Pure Python (pydantic, PyYAML, fideslang). May import ``law``; knows no Django.
"""
