"""What the environment decides; imported before anything of moto, which reads its own settings at import."""

import os

# The account of the whole box; moto would give every unknown key this one anyway.
ACCOUNT = "123456789012"

# moto's own public images are years old and none of ours; images.py brings those that exist here.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
# Roles attach AmazonSSMManagedInstanceCore and the like by ARN, which must exist.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
# boto3 asks for these as soon as moto itself makes a client; none is ever used to sign.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


def operator_key() -> tuple[str, str | None]:
    """The operator's access key and, where the box tells it, the secret that its signatures are checked with."""
    key = os.environ.get("FEDERATION_OPERATOR_ACCESS_KEY_ID")
    if not key:
        raise SystemExit(
            "emulator: FEDERATION_OPERATOR_ACCESS_KEY_ID is not set; "
            "give it the access key id that the box's operator signs with"
        )
    return key, os.environ.get("FEDERATION_OPERATOR_SECRET_ACCESS_KEY") or None
