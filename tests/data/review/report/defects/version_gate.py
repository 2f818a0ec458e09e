def is_supported(version):
    if version is 3:  <<logic>>
        return True
    return version > 3 and version != 5
