"""The pictures of the docs, as the browser tests last saw the product: `make pictures`."""

import sys

from PIL import Image

from tests.e2e.pages import ARTIFACTS, ROOT

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
"""Enough for a page of text; a quarter of the size."""


def renew() -> int:
    """Puts each picture that the docs have into its place anew; 1 when a browser test did not make one of them."""
    lacking = 0
    for picture in sorted(PICTURES.glob("*.png")):
        made = ARTIFACTS / picture.name
        if made.exists():
            with Image.open(made) as image:
                image.convert("RGB").quantize(COLOURS).save(picture, optimize=True)
        else:
            print(f"no browser test has made {picture.name}", file=sys.stderr)
            lacking = 1
    return lacking


if __name__ == "__main__":
    sys.exit(renew())
