"""Where the files that are not Python lie: in the repository, or inside an installed wheel.

In a checkout `templates/` and `prefect.yaml` stand beside the packages; a wheel carries them under
`bjc/_data`. The repository comes first, so an editable install always shows what is being edited.
"""

from pathlib import Path

from bjc.errors import NotFound

_PACKAGE = Path(__file__).resolve().parent
_REPOSITORY = _PACKAGE.parent


def _is_checkout() -> bool:
    """A wheel unpacked beside somebody else's `templates/` folder is no checkout of ours."""
    return (_REPOSITORY / "pyproject.toml").is_file() and (_REPOSITORY / "flows").is_dir()


def locate(name: str) -> Path:
    """The file or folder `name` (such as `prefect.yaml`), as an absolute path. Raises `NotFound`."""
    roots = (_REPOSITORY, _PACKAGE / "_data") if _is_checkout() else (_PACKAGE / "_data",)
    for root in roots:
        if (root / name).exists():
            return root / name
    raise NotFound(f"This installation has no {name}.", "Install bjc again from its wheel or its repository.")


def templates() -> Path:
    """The folder with `emails/`, `pages/` and `documents/`."""
    return locate("templates")


def prefect_yaml() -> Path:
    """The file that names every flow, its schedule and its pool."""
    return locate("prefect.yaml")


def alliances() -> Path:
    """The folder of alliance data files; they lie inside the package in both cases."""
    return _PACKAGE / "alliances"
