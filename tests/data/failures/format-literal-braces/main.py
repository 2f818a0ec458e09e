"""Render a status page."""

PAGE = """\
<html>
<head><title>{title}</title>
<style>li {color: #333}</style></head>
<body>
<h1>{title}</h1>
<ul>
{items}
</ul>
</body>
</html>
"""


def escape(text: str) -> str:
    """Return the text with the characters that HTML treats as markup replaced."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(title: str, services: dict[str, bool]) -> str:
    """Return the page: the title and a line for each service in alphabetical order."""
    items = "\n".join(
        f"<li>{escape(name)}: {'up' if running else 'down'}</li>" for name, running in sorted(services.items())
    )
    return PAGE.format(title=escape(title), items=items)


if __name__ == "__main__":
    print(render("Status", {"mail": True, "search & index": False}))
