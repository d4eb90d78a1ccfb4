import { arn } from "./arn";
import { isCode, unless } from "./errors";
import type { Call, Spec } from "./resource";
import { isSet } from "./shapes";
import { fromList, type TagWriter, toList } from "./tags";

const GONE = ["ParameterNotFound"];
const CONTENT = [
  "allowedPattern",
  "dataType",
  "description",
  "insecureValue",
  "keyId",
  "tier",
  "type",
  "value",
];

const parameterTags: TagWriter = async ({ ssm, id: ResourceId }, set, removed) => {
  const of = { ResourceType: "Parameter" as const, ResourceId };
  if (removed.length) await ssm.removeTagsFromResource({ ...of, TagKeys: removed });
  if (isSet(set)) await ssm.addTagsToResource({ ...of, Tags: toList(set)! });
};

/** Upstream: aws_ssm_parameter. The value is secret whatever the type; `insecureValue` is the open way. */
export const parameter: Spec = {
  inputs: ["name", "overwrite", ...CONTENT],
  required: ["type"],
  autoname: { property: "name", maxLength: 2048 },
  filled: ["dataType", "insecureValue", "keyId", "tier", "value"],
  exactlyOne: [["value", "insecureValue"]],
  replaceOn: ["name"],
  // A parameter cannot come back from Advanced, nor change its data type.
  replaceIf: (olds, news) => [
    ...(olds.tier === "Advanced" && isSet(news.tier) && news.tier !== "Advanced" ? ["tier"] : []),
    ...(isSet(olds.dataType) && isSet(news.dataType) ? ["dataType"] : []),
  ],
  computed: ["arn", "hasValueWo", "version"],
  volatile: (changed) => (changed(...CONTENT) ? ["version"] : []),
  secrets: ["value", "valueWo"],
  tags: parameterTags,
  validate: ({ type, insecureValue }) =>
    type === "SecureString" && isSet(insecureValue)
      ? [{ property: "insecureValue", reason: "a SecureString takes its text in value" }]
      : [],
  async create(call) {
    const Overwrite: boolean = call.inputs.overwrite ?? false;
    // AWS refuses tags together with Overwrite.
    await put(call, Overwrite, Overwrite ? undefined : toList(call.tags));
    return call.inputs.name;
  },
  async settle(call) {
    if (call.inputs.overwrite && isSet(call.tags)) await parameterTags(call, call.tags, []);
  },
  async read(call) {
    const Name = call.id;
    const found = (await unless(GONE, () => call.ssm.getParameter({ Name, WithDecryption: true })))
      ?.Parameter;
    if (!found) return undefined;
    const [described, tags] = await Promise.all([
      call.ssm.describeParameters({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [Name] }] }),
      call.ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: Name }),
    ]);
    const about = described.Parameters?.[0];
    return {
      allowedPattern: about?.AllowedPattern,
      arn: found.ARN ?? (await arn(call, "ssm", `parameter/${Name.replace(/^\//, "")}`)),
      dataType: found.DataType ?? about?.DataType ?? "text",
      description: about?.Description,
      hasValueWo: false,
      ...(isSet(call.inputs.insecureValue) ? { insecureValue: found.Value } : {}),
      keyId: about?.KeyId ?? "",
      name: found.Name,
      tagsAll: fromList(tags.TagList),
      tier: about?.Tier ?? "Standard",
      type: found.Type,
      value: found.Value,
      version: found.Version,
    };
  },
  async update(call) {
    if (call.changed(...CONTENT)) await put(call, true);
  },
  async delete(call) {
    await unless(GONE, () => call.ssm.deleteParameter({ Name: call.id }));
  },
};

async function put(call: Call, Overwrite: boolean, Tags?: ReturnType<typeof toList>): Promise<void> {
  const { inputs } = call;
  try {
    await call.ssm.putParameter({
      Name: inputs.name,
      Type: inputs.type,
      Value: inputs.value ?? inputs.insecureValue,
      AllowedPattern: inputs.allowedPattern,
      DataType: inputs.dataType,
      Description: inputs.description,
      KeyId: inputs.type === "SecureString" ? inputs.keyId || undefined : undefined,
      Tier: inputs.tier,
      Overwrite,
      Tags,
    });
  } catch (error) {
    if (isCode(error, "ParameterAlreadyExists")) error.message += ` (${inputs.name} in ${call.region})`;
    throw error;
  }
}
