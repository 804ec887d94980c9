"""Style, script and icons, served by WhiteNoise under an address that names their content.

The address is `/static/<digest>/…`, where the digest is that of the whole tree: a browser keeps a file for
a year, and a new version has new addresses. Bootstrap's style sheet comes from the Bootstrap-Flask package.
Each file is compressed once, into the instance folder.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise  # type: ignore[import-untyped]
from whitenoise.compress import Compressor  # type: ignore[import-untyped]

OURS = Path(__file__).resolve().parent.parent / "static"
BOOTSTRAP = "static/bootstrap5/css/bootstrap.min.css"
A_YEAR = 365 * 24 * 3600


def sources() -> dict[str, Path]:
    """Every file that browsers may ask for: its name under the prefix, and where it stands."""
    found = {path.relative_to(OURS).as_posix(): path for path in sorted(OURS.rglob("*")) if path.is_file()}
    found["css/bootstrap.min.css"] = Path(str(files("flask_bootstrap").joinpath(BOOTSTRAP)))
    return found


def digest_of(tree: dict[str, Path]) -> str:
    """A short hash of the names and the bytes of the tree."""
    whole = hashlib.sha256()
    for name, path in sorted(tree.items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def build(tree: dict[str, Path], target: Path) -> None:
    """Copy the tree to `target` with gzip twins; several workers may do it at once, the first one wins."""
    if target.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".build-", dir=target.parent))
    draft.chmod(0o755)
    compressor = Compressor(quiet=True, use_brotli=False)
    for name, path in tree.items():
        copy = draft / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name == "css/bootstrap.min.css":
            # its source map is not served: without this line, developer tools would ask for it
            copy.write_text(
                path.read_text("utf-8").rpartition("/*# sourceMappingURL")[0] or path.read_text("utf-8")
            )
        else:
            shutil.copyfile(path, copy)
        if compressor.should_compress(name):
            list(compressor.compress(str(copy)))
    try:
        draft.rename(target)
    except OSError:  # another worker was quicker
        shutil.rmtree(draft, ignore_errors=True)
        if not target.is_dir():
            raise


def init_app(app: Flask) -> None:
    """Put WhiteNoise in front of the application and give templates `asset("css/tnt.css")`."""
    tree = sources()
    digest = digest_of(tree)
    prefix = f"static/{digest}"
    target = Path(app.config["INSTANCE_DIR"]) / "static" / digest
    build(tree, target)
    server = WhiteNoise(
        app.wsgi_app,
        max_age=A_YEAR,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_guard,
    )
    server.add_files(str(target), prefix=prefix)
    app.wsgi_app = server  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = _addresses(prefix, frozenset(tree))


def _guard(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _addresses(prefix: str, names: frozenset[str]) -> Callable[[str], str]:
    def asset(name: str) -> str:
        if name not in names:
            raise LookupError(f"no static file is named {name!r}")
        return f"/{prefix}/{name}"

    return asset
