"""Going back to the page a form stood on."""

from flask import request


def back_to(otherwise: str) -> str:
    """The page the form names, if it is one of ours."""
    wanted = request.form.get("back", "")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours else otherwise
