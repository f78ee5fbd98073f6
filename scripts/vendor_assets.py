"""Brings GOV.UK Frontend into `bjc/web/static`, so that running needs neither Node nor Sass nor a network.

Takes the precompiled files of the published npm package, checks them against the hash below, and leaves
out what belongs to gov.uk only: the GDS Transport font and the crest. Needs `npm`; run it to upgrade:

    python scripts/vendor_assets.py            # writes the files
    python scripts/vendor_assets.py --check    # says whether the files are what this script would write
"""

import argparse
import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "6.3.0"  # follows govuk-frontend-jinja 4.1.0
INTEGRITY = "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA=="
STATIC = Path(__file__).resolve().parent.parent / "bjc" / "web" / "static"
NOTE = "/*! GOV.UK Frontend {version}, {kind}; MIT licence: see govuk-frontend.LICENCE.txt */\n"

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
CREST = re.compile(r"(?:-webkit-)?(?:background|mask)-image:url\([^)]*govuk-crest\.svg\);?")
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=[^\n*]*(?:\*/)?\s*$")


def fetch(folder: Path) -> bytes:
    """The published package as npm hands it over. Raises ValueError when its hash is not ours."""
    command = ["npm", "pack", "--silent", f"govuk-frontend@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
    packed = next(folder.glob("*.tgz")).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if found != INTEGRITY:
        raise ValueError(f"govuk-frontend {VERSION} has the hash {found}, expected {INTEGRITY}.")
    return packed


def read_member(archive: tarfile.TarFile, name: str) -> str:
    """One text file of the package, its source map line left out."""
    member = archive.extractfile(f"package/dist/govuk/{name}")
    if member is None:
        raise ValueError(f"govuk-frontend {VERSION} holds no {name}.")
    return SOURCE_MAP.sub("", member.read().decode("utf-8"))


def shorten(css: str) -> str:
    """The style sheet without the gov.uk font and crest. Raises ValueError if any address is left in it."""
    css = FONT_FACE.sub("", css).replace("GDS Transport,arial,sans-serif", "Arial,Helvetica,sans-serif")
    css = CREST.sub("", css)
    if "url(" in css or "GDS Transport" in css:
        raise ValueError("The style sheet still names a font or an image: this script needs a look.")
    return css


def vendored() -> dict[str, str]:
    """File name -> text, as it belongs in `bjc/web/static`."""
    with tempfile.TemporaryDirectory() as folder:
        packed = fetch(Path(folder))
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        css = shorten(read_member(archive, "govuk-frontend.min.css"))
        script = read_member(archive, "govuk-frontend.min.js")
    css = css.removeprefix('@charset "UTF-8";')
    return {
        "govuk-frontend.min.css": '@charset "UTF-8";'
        + NOTE.format(version=VERSION, kind="shortened")
        + css
        + "\n",
        "govuk-frontend.min.js": NOTE.format(version=VERSION, kind="unchanged") + script + "\n",
    }


def main() -> int:
    """Writes or checks the files; 1 when a check finds a difference."""
    parser = argparse.ArgumentParser(description="Vendor GOV.UK Frontend.")
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    differing = []
    for name, text in vendored().items():
        path = STATIC / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        differing.append(name)
        if not check:
            path.write_text(text, "utf-8")
    verb = "Different" if check else "Written"
    sys.stdout.write(f"{verb}: {', '.join(differing)}.\n" if differing else "Nothing to do.\n")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
