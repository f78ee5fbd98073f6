"""Style sheets and scripts, served packed from memory, under an address that changes when they change.

One hash over all files stands in the path, so a browser may keep what it has for a year, and a script
that imports its neighbour gets the neighbour of the same release.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).resolve().parent / "static"
_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Asset:
    """One file: as it is, and packed."""

    body: bytes
    packed: bytes
    media: str


@dataclass(frozen=True)
class Assets:
    """Every file by its name, and the hash that their addresses carry."""

    release: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for a name that is not there: a page names it wrongly."""
        self.files[name]
        return f"/static/{self.release}/{name}"

    async def serve(self, request: Request) -> Response:
        """Answers `/static/{release}/{name}`; an older release gets today's file, not to be kept."""
        asset = self.files.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        current = request.path_params["release"] == self.release
        headers = {
            "cache-control": "public, max-age=31536000, immutable" if current else "no-cache",
            "etag": f'"{self.release}"',
            "vary": "accept-encoding",
        }
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.packed, media_type=asset.media, headers={**headers, "content-encoding": "gzip"}
            )
        return Response(asset.body, media_type=asset.media, headers=headers)


def load(folder: Path = _FOLDER) -> Assets:
    """The files of a folder whose kind we serve."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in _MEDIA)
    bodies = {path.name: path.read_bytes() for path in paths}
    whole = sha256(b"\0".join(name.encode() + b"\0" + body for name, body in bodies.items()))
    files = {
        name: Asset(body, gzip.compress(body, mtime=0), _MEDIA[Path(name).suffix])
        for name, body in bodies.items()
    }
    return Assets(whole.hexdigest()[:12], files)
