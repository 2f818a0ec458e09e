"""An index page for blog posts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Post:
    title: str
    tags: tuple[str, ...]


POSTS = [
    Post("Sourdough in a week", ("bread", "howto")),
    Post("Rye and water", ("bread",)),
    Post("Sharpening knives", ("howto", "tools")),
    Post("About this page", ()),
]


def group_by_tag(posts: list[Post]) -> dict[str, list[str]]:
    """Return the titles of each tag, in the order of the posts."""
    index: dict[str, list[str]] = {}
    for post in posts:
        for tag in post.tags:
            index[tag].append(post.title)
    return index


def render(posts: list[Post]) -> str:
    """Return the index as text, tags in alphabetical order."""
    sections = []
    for tag, titles in sorted(group_by_tag(posts).items()):
        sections.append("\n".join([tag.upper(), *(f"  - {title}" for title in titles)]))
    return "\n\n".join(sections)


if __name__ == "__main__":
    print(render(POSTS))
