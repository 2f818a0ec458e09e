def validate_age(age):
    if not isinstance(age, int):
        raise TypeError("age must be a whole number")
    if age < 0:
        ValueError("age must not be negative")  <<logic>>
    return age
