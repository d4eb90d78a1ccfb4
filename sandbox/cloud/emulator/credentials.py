"""Who may call: the operator's key, and keys that STS issued for roles that still exist."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend, sts_backends

from . import profiles, settings, signatures
from .actions import credential_scope
from .patching import replaces

_LIFETIME = 6 * 3600  # seconds; AWS's instance credentials live about as long
_OPERATOR_ARN = f"arn:aws:iam::{settings.ACCOUNT}:user/operator"


@dataclass(frozen=True)
class Identity:
    """A known caller. `secret` is None where the box does not tell it; the operator is of no role and no user.

    `arn` is its name in what it is told, `principal` its name in policies; they differ for who has assumed a role.
    """

    access_key: str
    secret: str | None
    token: str | None
    arn: str
    principal: str
    role: str | None = None
    user: str | None = None


class Unknown(Exception):
    """The access key is nobody's, or its role or its time is over. `code` is STS's word for it."""

    def __init__(self, code: str, message: str = "The security token included in the request is invalid.") -> None:
        super().__init__(message)
        self.code = code


class NoCredentials(Exception):
    """Credentials were asked for a role that does not exist, or by an instance that has none."""


def identify(access_key: str) -> Identity:
    """The caller of an access key id; raises Unknown."""
    operator, secret = settings.operator_key()
    if access_key == operator:
        return Identity(operator, secret, None, _OPERATOR_ARN, _OPERATOR_ARN)
    iam = iam_backends[settings.ACCOUNT]["aws"]
    assumed = sts_backends[settings.ACCOUNT]["aws"].get_assumed_role_from_access_key(access_key)
    if assumed is not None:
        role = assumed.role_arn.rsplit("/", 1)[-1]
        if not any(one.name == role for one in iam.roles.values()):
            raise Unknown("InvalidClientTokenId")
        if assumed.expiration < utcnow():
            raise Unknown("ExpiredToken", "The security token included in the request is expired")
        secret, token = assumed.secret_access_key, assumed.session_token
        return Identity(access_key, secret, token, assumed.arn, assumed.role_arn, role=role)
    for user in iam.users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key and key.status == "Active":
                return Identity(access_key, key.secret_access_key, None, user.arn, user.arn, user=user.name)
    raise Unknown("InvalidClientTokenId")


def authenticate(environ: dict, body: bytes) -> Identity:
    """The caller of a signed request; raises Unknown."""
    scope = credential_scope(environ)
    if scope is None:
        raise Unknown("MissingAuthenticationToken", "Missing Authentication Token")
    identity = identify(scope[0])
    token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    if token is None and identity.token:
        token = dict(parse_qsl(environ.get("QUERY_STRING", ""))).get("X-Amz-Security-Token")
    if identity.token and token != identity.token:
        raise Unknown("InvalidClientTokenId")
    fault = signatures.fault(environ, body, scope, identity.secret) if identity.secret else None
    if fault:
        raise Unknown("SignatureDoesNotMatch", fault)
    return identity


def issue(role: str, session: str) -> dict[str, str]:
    """Credentials of a role for a session, the id of a running instance, as its metadata service hands them out."""
    iam = iam_backends[settings.ACCOUNT]["aws"]
    found = next((one for one in iam.roles.values() if one.name == role), None)
    if found is None:
        raise NoCredentials(f"there is no role {role}")
    if not profiles.has_running(session, role):
        raise NoCredentials(f"there is no running instance {session} with the role {role}")
    assumed = sts_backends[settings.ACCOUNT]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name=session,
        role_arn=found.arn,
        policy="",
        duration=_LIFETIME,
        external_id="",
    )
    return {
        "AccessKeyId": assumed.access_key_id,
        "SecretAccessKey": assumed.secret_access_key,
        "Token": assumed.session_token,
        "Expiration": assumed.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def install() -> None:
    @replaces(STSBackend, "get_caller_identity")
    def caller(original, self, access_key_id, region):
        if access_key_id == settings.operator_key()[0]:
            return "AIDAOPERATOROFTHEBOX", _OPERATOR_ARN, settings.ACCOUNT
        return original(self, access_key_id, region)

    @replaces(STSBackend, "assume_role")
    def assume(original, self, *args, **kwargs):
        name = str(kwargs["role_arn"]).rsplit("/", 1)[-1]
        if not any(role.name == name for role in iam_backends[settings.ACCOUNT]["aws"].roles.values()):
            raise STSClientError(
                "AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {name}"
            )
        # Sessions are never listed on AWS; those that are over would pile up as long as the box lives.
        grace = utcnow() - timedelta(hours=1)
        self.assumed_roles = [role for role in self.assumed_roles if role.expiration > grace]
        return original(self, *args, **kwargs)
