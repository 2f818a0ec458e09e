def resize(image, width, height):
    return image.scaled(width, height)


def landscape(image):
    """Return the image lying on its side where it stands upright."""
    width, height = image.size
    if height > width:
        return resize(image.turned(90), height, width)
    return image
