def may_edit(user):
    if user.role == "admin" or "editor":  <<logic>>
        return True
    return user.name == "root"
