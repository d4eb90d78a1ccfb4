"""placeholder"""


def whole() -> dict:
    return {}
