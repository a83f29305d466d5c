"""The API's own page: every route with what it takes and answers, without foreign scripts."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

STYLE = """
body { font: 14px/1.5 'Noto Sans', system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
       padding: 0 1rem; color: #e6edf3; background: #0b1118 }
a { color: #4dacff } h2 { margin-top: 2rem; border-bottom: 1px solid #2c3a48 }
code { background: #1a2531; padding: 0 .3em } .verb { display: inline-block; width: 4.5em }
dd { margin: 0 0 .8rem 5em; color: #a9b7c4 }
"""


@router.get("/api/docs", response_class=HTMLResponse)
async def api_docs(request: Request) -> HTMLResponse:
    """Return the page."""
    return HTMLResponse(page_of(request.app.openapi()))


def page_of(schema: dict[str, Any]) -> str:
    """Return an OpenAPI document as plain HTML, grouped by tag."""
    groups: dict[str, list[str]] = {}
    for path, operations in schema["paths"].items():
        for verb, operation in operations.items():
            tag = operation.get("tags", ["other"])[0]
            groups.setdefault(tag, []).append(_entry(verb, path, operation))
    sections = [f"<h2>{escape(tag)}</h2><dl>{''.join(ones)}</dl>" for tag, ones in groups.items()]
    info = schema["info"]
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])} API"
        f"</title><style>{STYLE}</style><h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info['description'])}</p><p>Machine-readable: "
        f'<a href="/api/openapi.json">/api/openapi.json</a></p>{"".join(sections)}</html>'
    )


def _entry(verb: str, path: str, operation: dict[str, Any]) -> str:
    names = [one["name"] for one in operation.get("parameters", [])]
    answers = ", ".join(code for code in operation["responses"] if code.startswith("2"))
    said = escape(operation.get("description") or operation.get("summary", ""))
    takes = f" Takes {escape(', '.join(names))}." if names else ""
    return (
        f"<dt><span class=verb>{verb.upper()}</span> <code>{escape(path)}</code></dt>"
        f"<dd>{said}{takes} Answers {escape(answers)}.</dd>"
    )
