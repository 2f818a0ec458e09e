from main import render

page = render("A < B", {"web": True, "a & b": False})
assert "<title>A &lt; B</title>" in page and "<h1>A &lt; B</h1>" in page
assert "<style>li {color: #333}</style>" in page, page
assert "<ul>\n<li>a &amp; b: down</li>\n<li>web: up</li>\n</ul>" in page
assert "{title}" not in page and "{items}" not in page
