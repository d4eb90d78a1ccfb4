/** Property values on the wire: secrets, unknowns and references between the engine and a provider. */

import { ListValue, NullValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { Path } from "./paths";
import { Props } from "./types";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** A value that is not known before the update. A string, as on the wire, so that it survives copying and JSON. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine has one sentinel per type; all mean the same to a provider. */
const UNKNOWNS = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for `UNKNOWN` itself. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** True if anything inside is unknown. */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (value instanceof Secret) return hasUnknown(value.value);
  if (value && typeof value === "object") return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/** A value that a provider marks as secret by itself. */
export class Secret {
  constructor(readonly value: unknown) {}
}

/** Marks an output (or a checked input) as secret. */
export function secret(value: unknown): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

export interface Decoded {
  props: Props;
  /** Where secrets were. */
  secrets: Path[];
}

/** Plain values and the places of the secrets among them. */
export function decode(struct: Struct | undefined): Decoded {
  const secrets: Path[] = [];
  return { props: struct ? decodeFields(struct, [], secrets) : {}, secrets };
}

function decodeFields(struct: Struct, path: Path, secrets: Path[]): Props {
  const props: Props = {};
  struct.getFieldsMap().forEach((value, key) => {
    props[key] = decodeValue(value, [...path, key], secrets);
  });
  return props;
}

function decodeValue(value: Value, path: Path, secrets: Path[]): unknown {
  switch (value.getKindCase()) {
    case Value.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case Value.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case Value.KindCase.STRING_VALUE:
      return UNKNOWNS.has(value.getStringValue()) ? UNKNOWN : value.getStringValue();
    case Value.KindCase.LIST_VALUE:
      return value
        .getListValue()!
        .getValuesList()
        .map((item, i) => decodeValue(item, [...path, i], secrets));
    case Value.KindCase.STRUCT_VALUE:
      return decodeStruct(value.getStructValue()!, path, secrets);
    default:
      return null;
  }
}

function decodeStruct(struct: Struct, path: Path, secrets: Path[]): unknown {
  const fields = struct.getFieldsMap();
  const inner = (key: string) => (fields.has(key) ? decodeValue(fields.get(key)!, path, secrets) : undefined);
  switch (fields.get(SIGNATURE)?.getStringValue()) {
    case SECRET:
      secrets.push(path);
      return inner("value");
    case OUTPUT:
      if (fields.get("secret")?.getBoolValue()) secrets.push(path);
      return fields.has("value") ? inner("value") : UNKNOWN;
    case RESOURCE:
      // A reference stands for the resource's id; a component has none, so its URN must do.
      return fields.has("id") ? inner("id") || UNKNOWN : inner("urn");
    default:
      return decodeFields(struct, path, secrets);
  }
}

/** The other way; `undefined` fields are left out. */
export function encode(props: Props): Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(props))
    if (value !== undefined) fields.set(key, encodeValue(value));
  return struct;
}

function encodeValue(value: unknown): Value {
  const encoded = new Value();
  if (value === null || value === undefined) encoded.setNullValue(NullValue.NULL_VALUE);
  else if (typeof value === "boolean") encoded.setBoolValue(value);
  else if (typeof value === "number") encoded.setNumberValue(value);
  else if (typeof value === "string") encoded.setStringValue(value);
  else if (value instanceof Date) encoded.setStringValue(value.toISOString());
  else if (value instanceof Secret)
    encoded.setStructValue(encode({ [SIGNATURE]: SECRET, value: value.value ?? null }));
  else if (Array.isArray(value)) {
    const list = new ListValue();
    list.setValuesList(value.map(encodeValue));
    encoded.setListValue(list);
  } else if (typeof value === "object") encoded.setStructValue(encode(value as Props));
  else throw new Error(`A provider cannot send a ${typeof value} to the engine`);
  return encoded;
}
