"""How Sphinx turns these pages into the site: `make docs`."""

project = "factormate"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
"""Headings can be linked to, as on the pages that show Markdown by themselves."""
html_theme = "furo"
html_title = "factormate"
html_show_copyright = False
html_copy_source = False
