import * as fc from "fast-check";
import { durationSeconds } from "../../../../sandbox/providers/aws/group-capacity";
import { balancerZone } from "../../../../sandbox/providers/aws/hosted-zone-ids";
import { encodeOnce } from "../../../../sandbox/providers/aws/instance-launch";
import { ApiError, isCode } from "../../../../sandbox/providers/aws/errors";
import {
  fullName,
  parseRecordId,
  quoted,
  recordId,
  recordInputs,
  recordSet,
  unquoted,
} from "../../../../sandbox/providers/aws/route53-names";
import {
  camel,
  canonical,
  pascal,
  same,
  sameJson,
  sameSet,
} from "../../../../sandbox/providers/aws/shapes";
import { retrying, TimeoutError, until } from "../../../../sandbox/providers/aws/wait";

describe("ids that upstream makes up", () => {
  test("a record's goes there and back, underscores in the name or not", () => {
    const label = fc.stringMatching(/^_?[a-z0-9]{1,8}$/);
    const record = fc.record({
      zoneId: fc.stringMatching(/^Z[A-Z0-9]{5,15}$/),
      name: fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
      type: fc.constantFrom("A", "AAAA", "CNAME", "TXT", "SRV"),
      setIdentifier: fc.option(fc.constantFrom("us-west-2", "one"), { nil: undefined }),
    });
    fc.assert(
      fc.property(record, ({ setIdentifier, ...rest }) => {
        const inputs = { ...rest, ...(setIdentifier ? { setIdentifier } : {}) };
        expect(parseRecordId(recordId(inputs))).toEqual(inputs);
      }),
    );
  });
});

describe("records", () => {
  test("a name is completed by the zone's once", () => {
    expect(fullName("nginx", "fed.example.com.")).toBe("nginx.fed.example.com");
    expect(fullName("Nginx.Fed.Example.com.", "fed.example.com.")).toBe("nginx.fed.example.com");
    expect(fullName("", "fed.example.com.")).toBe("fed.example.com");
    expect(fullName("xfed.example.com", "fed.example.com")).toBe("xfed.example.com.fed.example.com");
    expect(fullName("\\052.fed.example.com.", "fed.example.com.")).toBe("*.fed.example.com");
  });

  test("TXT values lose and gain their quotes, others have none", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z =,/.]{1,40}$/),
        (text) => unquoted("TXT", quoted("TXT", text)) === text,
      ),
    );
    expect(quoted("CNAME", "a")).toBe("a");
    expect(quoted("TXT", '"a"')).toBe('"a"');
  });

  test("what goes to the API comes back the same", () => {
    const inputs = {
      name: "nginx.fed.example.com",
      type: "CNAME",
      ttl: 300,
      records: ["lb.example.net"],
      setIdentifier: "us-west-2",
      latencyRoutingPolicies: [{ region: "us-west-2" }],
      healthCheckId: "check",
    };
    const { fqdn, ...back } = recordInputs(recordSet(inputs, "fed.example.com."));
    expect(fqdn).toBe(inputs.name);
    expect({ ...back, name: inputs.name }).toMatchObject(inputs);
  });
});

describe("comparisons", () => {
  const json = fc.jsonValue();

  test("everything is the same as itself, whatever the order of keys", () => {
    fc.assert(fc.property(json, (value) => same(value, structuredClone(value))));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) =>
        sameJson(JSON.stringify(value), canonical(value)),
      ),
    );
  });

  test("a set is the same in any order, and not with another member", () => {
    const set = fc.uniqueArray(fc.stringMatching(/^sg-[0-9a-f]{8}$/), { minLength: 1 });
    fc.assert(
      fc.property(
        set,
        (items) => sameSet(items, [...items].reverse()) && !sameSet(items, [...items, "sg-other"]),
      ),
    );
  });

  test("unset is unset however written, but an empty value is no value", () => {
    for (const unset of [undefined, null, "", [], {}, false, 0]) expect(same(unset, undefined)).toBe(true);
    for (const value of ["a", 1, true, ["a"], { a: 1 }]) expect(same(value, undefined)).toBe(false);
    expect(same(80, "80")).toBe(true);
    expect(same(true, "true")).toBe(true);
    expect(same(["a"], "a")).toBe(false);
  });

  test("keys go to AWS's form and back", () => {
    const block = { httpTokens: "required", nested: [{ volumeSize: 8 }] };
    expect(pascal(block)).toEqual({ HttpTokens: "required", Nested: [{ VolumeSize: 8 }] });
    expect(camel(pascal(block))).toEqual(block);
  });
});

test("user data is encoded once", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => encodeOnce(encodeOnce(text)) === encodeOnce(text)),
  );
  expect(Buffer.from(encodeOnce("#!/bin/sh\n"), "base64").toString()).toBe("#!/bin/sh\n");
});

test("durations are Go's", () => {
  expect(["10m", "1h30m", "90s", "0", "0s", undefined].map(durationSeconds)).toEqual([
    600, 5400, 90, 0, 0, 0,
  ]);
  expect(() => durationSeconds("soon")).toThrow("not a duration");
});

test("hosted zones of load balancers: network ones have their own", () => {
  expect(balancerZone("us-west-2", "network")).toBe("Z18D5FSROUN65G");
  expect(balancerZone("us-west-2", "classic")).toBe("Z1H1FL5HABSF5");
  expect(() => balancerZone("mars-1", "classic")).toThrow("mars-1");
});

describe("waits", () => {
  const signal = new AbortController().signal;
  const refusal = (code: string, message = "") =>
    ApiError.from({ name: code, message }, "ec2", "deleteVpc", "us-west-2");

  test("end in time, saying what was awaited and what was seen", async () => {
    const wait = until(
      "the moon",
      0.3,
      signal,
      async () => undefined,
      () => "clouds",
    );
    await expect(wait).rejects.toThrow(TimeoutError);
    await expect(wait).rejects.toThrow("waiting for the moon: not within 0.3 s (last seen: clouds)");
  });

  test("end at once when the engine cancels", async () => {
    const cancelled = new AbortController();
    const wait = until("the moon", 600, cancelled.signal, async () => undefined);
    cancelled.abort();
    await expect(wait).rejects.toThrow("cancelled");
  });

  test("a refusal that passes is tried again, another is passed on with AWS's code", async () => {
    let left = 2;
    const call = async () => {
      if (left-- > 0) throw refusal("DependencyViolation");
      return "done";
    };
    expect(await retrying(["DependencyViolation"], 10, signal, call)).toBe("done");
    const other = retrying(["DependencyViolation"], 10, signal, async () =>
      Promise.reject(refusal("UnauthorizedOperation", "no")),
    );
    await expect(other).rejects.toThrow("ec2:DeleteVpc (us-west-2): UnauthorizedOperation: no");
    expect(isCode(refusal("NoSuchEntityException"), "NoSuchEntity*")).toBe(true);
  });
});
