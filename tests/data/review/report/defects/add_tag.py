def add_tag(tag, tags=[]):  <<logic>>
    """Return the tags with one more."""
    tags.append(tag.strip().lower())
    return tags


def tagged(article, tag):
    article["tags"] = add_tag(tag)
    return article
