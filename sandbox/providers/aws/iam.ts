import { unless } from "./errors";
import type { Call, Spec } from "./resource";
import { isSet } from "./shapes";
import { fromList, type TagWriter, toList } from "./tags";
import { retrying, until, untilGone } from "./wait";

const GONE = ["NoSuchEntity", "NoSuchEntityException"];
/** How long IAM may take to make a change known everywhere, s. */
const PROPAGATION = 120;

const roleTags: TagWriter = async ({ iam, id: RoleName }, set, removed) => {
  if (removed.length) await iam.untagRole({ RoleName, TagKeys: removed });
  if (isSet(set)) await iam.tagRole({ RoleName, Tags: toList(set) });
};

/** Upstream: aws_iam_role. Policies are resources of their own here (upstream deprecates the inline ones). */
export const role: Spec = {
  global: true,
  inputs: [
    "assumeRolePolicy",
    "description",
    "forceDetachPolicies",
    "maxSessionDuration",
    "name",
    "path",
    "permissionsBoundary",
  ],
  required: ["assumeRolePolicy"],
  autoname: { property: "name", maxLength: 64 },
  defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
  json: ["assumeRolePolicy"],
  replaceOn: ["name", "path"],
  computed: ["arn", "createDate", "inlinePolicies", "managedPolicyArns", "namePrefix", "uniqueId"],
  tags: roleTags,
  async create(call) {
    const { inputs } = call;
    const make = () =>
      call.iam.createRole({
        RoleName: inputs.name,
        AssumeRolePolicyDocument: inputs.assumeRolePolicy,
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
        Path: inputs.path,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: toList(call.tags),
      });
    const codes = ["MalformedPolicyDocument", "MalformedPolicyDocumentException"];
    await retrying(codes, PROPAGATION, call.signal, make, "Invalid principal in policy");
    return inputs.name;
  },
  async read(call) {
    const found = await findRole(call);
    if (!found) return undefined;
    const [attached, inline] = await Promise.all([
      call.iam.listAttachedRolePolicies({ RoleName: call.id }),
      call.iam.listRolePolicies({ RoleName: call.id }),
    ]);
    return {
      arn: found.Arn,
      assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
      createDate: found.CreateDate?.toISOString(),
      description: found.Description,
      inlinePolicies: (inline.PolicyNames ?? []).map((name) => ({ name })),
      managedPolicyArns: (attached.AttachedPolicies ?? []).map((policy) => policy.PolicyArn),
      maxSessionDuration: found.MaxSessionDuration ?? 3600,
      name: found.RoleName,
      namePrefix: "",
      path: found.Path,
      permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
      tagsAll: fromList(found.Tags),
      uniqueId: found.RoleId,
    };
  },
  async update({ iam, id: RoleName, inputs, changed }) {
    if (changed("assumeRolePolicy"))
      await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: inputs.assumeRolePolicy });
    if (changed("description", "maxSessionDuration")) {
      const { description: Description = "", maxSessionDuration: MaxSessionDuration } = inputs;
      await iam.updateRole({ RoleName, Description, MaxSessionDuration });
    }
    if (changed("permissionsBoundary")) {
      const PermissionsBoundary = inputs.permissionsBoundary;
      if (PermissionsBoundary) await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary });
      else await iam.deleteRolePermissionsBoundary({ RoleName });
    }
  },
  async delete(call) {
    const { iam, id: RoleName } = call;
    const profiles = await unless(GONE, () => iam.listInstanceProfilesForRole({ RoleName }));
    for (const { InstanceProfileName } of profiles?.InstanceProfiles ?? []) {
      await unless(GONE, () => iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }));
    }
    if (call.inputs.forceDetachPolicies) await detachPolicies(call);
    const remove = () => unless(GONE, () => iam.deleteRole({ RoleName }));
    await retrying(
      ["DeleteConflict", "DeleteConflictException"],
      call.seconds(PROPAGATION),
      call.signal,
      remove,
    );
    await untilGone(`role ${RoleName}`, PROPAGATION, call.signal, () => findRole(call));
  },
};

async function findRole({ iam, id: RoleName }: Call) {
  return (await unless(GONE, () => iam.getRole({ RoleName })))?.Role;
}

async function detachPolicies({ iam, id: RoleName }: Call): Promise<void> {
  const attached = await unless(GONE, () => iam.listAttachedRolePolicies({ RoleName }));
  for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
    await unless(GONE, () => iam.detachRolePolicy({ RoleName, PolicyArn }));
  }
  const inline = await unless(GONE, () => iam.listRolePolicies({ RoleName }));
  for (const PolicyName of inline?.PolicyNames ?? [])
    await unless(GONE, () => iam.deleteRolePolicy({ RoleName, PolicyName }));
}

/** Upstream: aws_iam_role_policy. Its id is `<role>:<policy>`. */
export const rolePolicy: Spec = {
  global: true,
  inputs: ["name", "policy", "role"],
  required: ["policy", "role"],
  autoname: { property: "name", maxLength: 128 },
  json: ["policy"],
  replaceOn: ["name", "role"],
  computed: ["namePrefix"],
  imported: (id) => ({ role: id.split(":")[0], name: id.split(":")[1] }),
  async create(call) {
    await putPolicy(call);
    return `${call.inputs.role}:${call.inputs.name}`;
  },
  async read({ iam, id }) {
    const [RoleName, PolicyName] = id.split(":");
    const found = await unless(GONE, () => iam.getRolePolicy({ RoleName, PolicyName }));
    if (!found?.PolicyDocument) return undefined;
    return {
      name: PolicyName,
      namePrefix: "",
      role: RoleName,
      policy: decodeURIComponent(found.PolicyDocument),
    };
  },
  async update(call) {
    if (call.changed("policy")) await putPolicy(call);
  },
  async delete({ iam, id }) {
    const [RoleName, PolicyName] = id.split(":");
    await unless(GONE, () => iam.deleteRolePolicy({ RoleName, PolicyName }));
  },
};

async function putPolicy({ iam, inputs }: Call): Promise<void> {
  await iam.putRolePolicy({ RoleName: inputs.role, PolicyName: inputs.name, PolicyDocument: inputs.policy });
}

/** Upstream: aws_iam_role_policy_attachment. */
export const rolePolicyAttachment: Spec = {
  global: true,
  inputs: ["policyArn", "role"],
  required: ["policyArn", "role"],
  replaceOn: ["policyArn", "role"],
  computed: [],
  imported: (id) => ({ role: id.slice(0, id.indexOf("/")), policyArn: id.slice(id.indexOf("/") + 1) }),
  async create({ iam, inputs }) {
    await iam.attachRolePolicy({ RoleName: inputs.role, PolicyArn: inputs.policyArn });
    return `${inputs.role}/${inputs.policyArn}`;
  },
  async read({ iam, inputs }) {
    const answer = await unless(GONE, () => iam.listAttachedRolePolicies({ RoleName: inputs.role }));
    const found = answer?.AttachedPolicies?.some((policy) => policy.PolicyArn === inputs.policyArn);
    return found ? { role: inputs.role, policyArn: inputs.policyArn } : undefined;
  },
  async delete({ iam, inputs }) {
    await unless(GONE, () => iam.detachRolePolicy({ RoleName: inputs.role, PolicyArn: inputs.policyArn }));
  },
};

const profileTags: TagWriter = async ({ iam, id: InstanceProfileName }, set, removed) => {
  if (removed.length) await iam.untagInstanceProfile({ InstanceProfileName, TagKeys: removed });
  if (isSet(set)) await iam.tagInstanceProfile({ InstanceProfileName, Tags: toList(set) });
};

/** Upstream: aws_iam_instance_profile. */
export const instanceProfile: Spec = {
  global: true,
  inputs: ["name", "path", "role"],
  autoname: { property: "name", maxLength: 128 },
  defaults: { path: "/" },
  replaceOn: ["name", "path"],
  computed: ["arn", "createDate", "namePrefix", "uniqueId"],
  tags: profileTags,
  async create(call) {
    const { name: InstanceProfileName, path: Path } = call.inputs;
    await call.iam.createInstanceProfile({ InstanceProfileName, Path, Tags: toList(call.tags) });
    return InstanceProfileName;
  },
  async settle(call) {
    await until(`instance profile ${call.id} to be there`, PROPAGATION, call.signal, () => findProfile(call));
    if (call.inputs.role) await addRole(call);
  },
  async read(call) {
    const found = await findProfile(call);
    if (!found) return undefined;
    return {
      arn: found.Arn,
      createDate: found.CreateDate?.toISOString(),
      name: found.InstanceProfileName,
      namePrefix: "",
      path: found.Path,
      role: found.Roles?.[0]?.RoleName,
      tagsAll: fromList(found.Tags),
      uniqueId: found.InstanceProfileId,
    };
  },
  async update(call) {
    if (!call.changed("role")) return;
    await removeRole(call, call.state.role);
    if (call.inputs.role) await addRole(call);
  },
  async delete(call) {
    await removeRole(call, (await findProfile(call))?.Roles?.[0]?.RoleName);
    await unless(GONE, () => call.iam.deleteInstanceProfile({ InstanceProfileName: call.id }));
    await untilGone(`instance profile ${call.id}`, PROPAGATION, call.signal, () => findProfile(call));
  },
};

async function findProfile({ iam, id: InstanceProfileName }: Call) {
  return (await unless(GONE, () => iam.getInstanceProfile({ InstanceProfileName })))?.InstanceProfile;
}

async function addRole(call: Call): Promise<void> {
  const RoleName: string = call.inputs.role;
  const add = () => call.iam.addRoleToInstanceProfile({ InstanceProfileName: call.id, RoleName });
  await retrying(["InvalidParameterValue", ...GONE], PROPAGATION / 4, call.signal, add);
}

async function removeRole(
  { iam, id: InstanceProfileName }: Call,
  RoleName: string | undefined,
): Promise<void> {
  if (RoleName)
    await unless(GONE, () => iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }));
}
