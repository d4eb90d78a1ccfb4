import * as fs from "node:fs";
import * as path from "node:path";

const sdk = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** What the SDK's own class says of a resource type. */
export interface SdkType {
  /** The token the class registers, `undefined` if there is no such class. */
  token?: string;
  inputs: string[];
  /** Outputs that are not inputs as well. */
  outputs: string[];
  required: string[];
  secretOutputs: string[];
}

/** Reads the class of a token such as `aws:ec2/vpc:Vpc` out of the installed package. */
export function sdkType(token: string): SdkType {
  const text = fs.readFileSync(path.join(sdk, `${token.split(":")[1]}.js`), "utf8");
  const all = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
  const inputs = all(/resourceInputs\["(\w+)"\] = \(?args/g);
  return {
    token: /__pulumiType = '([^']+)'/.exec(text)?.[1],
    inputs,
    outputs: all(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g).filter(
      (name) => !inputs.includes(name),
    ),
    required: all(/Missing required property '(\w+)'/g),
    secretOutputs: [
      ...(/additionalSecretOutputs: \[([^\]]*)\]/.exec(text)?.[1] ?? "").matchAll(/"(\w+)"/g),
    ].map((match) => match[1]),
  };
}

/** The token a function of the SDK calls. */
export function sdkFunction(file: string): string | undefined {
  return /invoke\("([^"]+)"/.exec(fs.readFileSync(path.join(sdk, `${file}.js`), "utf8"))?.[1];
}
