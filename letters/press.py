"""Sets one document in a process of its own, and ends: Typst keeps what it has set in memory, 130 MB for 1,000 records.

Run as a file by letters/typeset.py; knows nothing of the portal. Stdin: a marshalled dict of `source`, `inputs`,
`fonts` (folders), `root` (the only folder a template may read: ours). Stdout: the PDF. Ends with REFUSED where Typst
will not set it, and says nothing of why: its message quotes the text.
"""

import marshal
import resource
import sys

import typst

REFUSED = 3
MEMORY = 3 << 30
SECONDS = 120
STANDARDS = ["a-3a", "ua-1"]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the letter
    job = marshal.load(sys.stdin.buffer)  # noqa: S302 - our own parent wrote it; reading JSON would start slower
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"])
    root = job["root"]
    compiler = typst.Compiler(job["source"].encode(), root=root, font_paths=fonts, package_path=root,
                              package_cache_path=root)  # fmt: skip
    try:
        made = compiler.compile(format="pdf", pdf_standards=STANDARDS, sys_inputs=job["inputs"])  # type: ignore[arg-type]
    except typst.TypstError:
        sys.exit(REFUSED)
    sys.stdout.buffer.write(made)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
