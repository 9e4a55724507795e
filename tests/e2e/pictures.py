"""The pictures of the docs, as the browser tests last saw the product: `make pictures`."""

import sys

from PIL import Image

from tests.e2e.pages import ARTIFACTS, ROOT

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
"""Enough for a page of text; a quarter of the size."""


def renew() -> str | None:
    """Puts each picture that the docs have into its place anew; what is wrong when browser tests did not make one."""
    lacking = []
    for picture in sorted(PICTURES.glob("*.png")):
        made = ARTIFACTS / picture.name
        if made.exists():
            with Image.open(made) as image:
                image.convert("RGB").quantize(COLOURS).save(picture, optimize=True)
        else:
            lacking.append(picture.name)
    return f"no browser test has made: {', '.join(lacking)}" if lacking else None


if __name__ == "__main__":
    sys.exit(renew())
