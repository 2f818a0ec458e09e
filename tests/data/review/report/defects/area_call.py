def crop(image, left, top, width, height):
    return image[top : top + height, left : left + width]


def thumbnail(image, width, height):
    """Return the upper left corner of an image."""
    return crop(image, 0, 0, height, width)  <<logic>>
