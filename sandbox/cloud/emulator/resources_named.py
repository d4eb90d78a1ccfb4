"""Resources whose ARN is made of the names in a call: parameters, buckets, roles, zones."""

import re

from moto.iam.models import iam_backends

from . import settings
from .asked import Asked
from .resource import Resource, arn

_SELECTOR = re.compile(r":[^:/]+$")  # a version or a label: /name:3


def parameters(asked: Asked) -> list[Resource]:
    given = asked.parameters
    names = [given.get("Name"), given.get("Path"), *given.get("Names", [])]
    if given.get("ResourceType") == "Parameter":
        names.append(given.get("ResourceId"))
    found = [Resource(_parameter(asked.region, name)) for name in names if name]
    # What is asked of no parameter is asked of all that the account has in the region.
    return found or [Resource(arn("ssm", asked.region, "*"))]


def _parameter(region: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    path = _SELECTOR.sub("", name).removeprefix("/")
    if path.startswith("aws/"):
        return f"arn:aws:ssm:{region}::parameter/{path}"  # AWS's own are of no account
    return arn("ssm", region, f"parameter/{path}")


def objects(asked: Asked) -> list[Resource]:
    given = asked.parameters
    if "Bucket" not in given:
        return []
    return [Resource("arn:aws:s3:::" + "/".join(filter(None, (given["Bucket"], given.get("Key")))))]


def identities(asked: Asked) -> list[Resource]:
    given = asked.parameters
    if "RoleArn" in given:
        return [Resource(given["RoleArn"])]
    if "InstanceProfileName" in given:
        return [Resource(arn("iam", "", f"instance-profile/{given['InstanceProfileName']}"))]
    if asked.action == "CreateServiceLinkedRole":
        return [Resource(arn("iam", "", f"role/aws-service-role/{given.get('AWSServiceName')}/*"))]
    if "RoleName" not in given:
        return []
    roles = iam_backends[settings.ACCOUNT]["aws"].roles.values()
    known = next((role.arn for role in roles if role.name == given["RoleName"]), None)
    return [Resource(known or arn("iam", "", f"role{given.get('Path', '/')}{given['RoleName']}"))]


def zones(asked: Asked) -> list[Resource]:
    given = asked.parameters
    if "HealthCheckId" in given:
        return [Resource(f"arn:aws:route53:::healthcheck/{given['HealthCheckId']}")]
    # Other things of Route 53 have an Id as well.
    of_zone = re.search("HostedZone|RecordSet", asked.action)
    zone = given.get("HostedZoneId") or (of_zone and given.get("Id"))
    return [Resource(f"arn:aws:route53:::hostedzone/{zone}")] if zone else []
