/** RandomString, RandomPassword, RandomId, RandomBytes, RandomUuid. Values live in the state alone. */

import { randomBytes, randomUUID } from "node:crypto";
import { Props, ProviderDefinition, ResourceType, sdkVersion } from "../runtime";
import { randomText, recipe } from "./strings";

interface Drawn {
  id: string;
  values: Props;
}

/** A resource that is drawn once and never changes. */
function drawn(
  rules: Pick<ResourceType, "required" | "secretOutputs" | "computed">,
  draw: (inputs: Props) => Drawn,
): ResourceType {
  return {
    ...rules,
    async create(inputs) {
      const { id, values } = draw(inputs);
      return { id, outputs: { ...inputs, ...values } };
    },
    async read(id, state) {
      return { id, outputs: state };
    },
    async delete() {},
  };
}

const RECIPE = [
  "lower",
  "upper",
  "numeric",
  "number",
  "special",
  "minLower",
  "minUpper",
  "minNumeric",
  "minSpecial",
];

const types: Record<string, ResourceType> = {
  "random:index/randomString:RandomString": drawn(
    { required: ["length"], computed: ["result", ...RECIPE] },
    (inputs) => {
      const result = randomText(inputs);
      return { id: result, values: { ...recipe(inputs), result } };
    },
  ),
  // No bcrypt here: the hash is null, where upstream gives one.
  "random:index/randomPassword:RandomPassword": drawn(
    {
      required: ["length"],
      computed: ["result", "bcryptHash", ...RECIPE],
      secretOutputs: ["result", "bcryptHash"],
    },
    (inputs) => ({ id: "none", values: { ...recipe(inputs), result: randomText(inputs), bcryptHash: null } }),
  ),
  "random:index/randomId:RandomId": drawn(
    { required: ["byteLength"], computed: ["b64Std", "b64Url", "dec", "hex"] },
    (inputs) => {
      const bytes = randomBytes(inputs.byteLength);
      const prefix = inputs.prefix ?? "";
      const hex = bytes.toString("hex");
      const id = bytes.toString("base64url");
      const values = {
        b64Std: bytes.toString("base64"),
        b64Url: id,
        hex,
        dec: BigInt(`0x${hex}`).toString(),
      };
      return {
        id,
        values: Object.fromEntries(Object.entries(values).map(([name, text]) => [name, prefix + text])),
      };
    },
  ),
  "random:index/randomBytes:RandomBytes": drawn(
    { required: ["length"], computed: ["base64", "hex"], secretOutputs: ["base64", "hex"] },
    (inputs) => {
      const bytes = randomBytes(inputs.length);
      return { id: "none", values: { base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
    },
  ),
  "random:index/randomUuid:RandomUuid": drawn({ computed: ["result"] }, () => {
    const result = randomUUID();
    return { id: result, values: { result } };
  }),
};

export const random: ProviderDefinition = {
  name: "random",
  version: sdkVersion("random"),
  resource: (token) => types[token],
  functions: {},
};
