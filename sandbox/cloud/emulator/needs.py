"""What has to be allowed for a call: an action on each resource that it concerns, and what is known of the request."""

from collections.abc import Iterator
from dataclasses import dataclass

from . import resources, resources_ec2
from .asked import Asked, request_tags
from .conditions import Context
from .resource import Resource

# Giving tags to what is made in the same call is an action of its own.
_TAGGERS = {"ec2": "CreateTags", "elasticloadbalancing": "AddTags", "ssm": "AddTagsToResource"}


@dataclass(frozen=True)
class Need:
    action: str
    resource: str
    context: Context


def of(asked: Asked) -> Iterator[Need]:
    """All of them; a call is allowed when each is."""
    known = {
        "aws:requestedregion": asked.region,
        "aws:securetransport": "true",  # AWS's names are served with TLS only, in the box as well
    }
    tags = request_tags(asked.parameters)
    known |= {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
    if asked.action == "CreateServiceLinkedRole":
        known["iam:awsservicename"] = asked.parameters.get("AWSServiceName", "")
    concerned = resources.of(asked)
    for resource in concerned:
        yield Need(asked.name, resource.arn, known | _of_resource(asked.service, resource))
    tagger = _TAGGERS.get(asked.service)
    if tags and tagger and tagger != asked.action:
        made = resources_ec2.tagged_at_birth(asked) if asked.service == "ec2" else concerned
        created = known | {f"{asked.service}:createaction": asked.action}
        for resource in made:
            yield Need(f"{asked.service}:{tagger}", resource.arn, created)


def _of_resource(service: str, resource: Resource) -> dict[str, str]:
    """A resource's tags, under the name that all services know and under the service's own."""
    return {
        f"{prefix}:resourcetag/{key.lower()}": value
        for prefix in ("aws", service)
        for key, value in resource.tags.items()
    }
