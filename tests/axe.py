"""What axe finds wrong in a page of a real browser: WCAG 2.2 A and AA, and best practice."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
           "resultTypes": ["violations"]}  # collecting what was found right takes as long as the search  # fmt: skip


def violations(page: Any) -> list[dict[str, Any]]:
    """Each with its `id` and its `nodes`, https://github.com/dequelabs/axe-core/blob/develop/doc/API.md."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("options => axe.run(document, options).then(found => found.violations)", OPTIONS)
