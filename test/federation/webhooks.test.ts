import { mutatingWebhooks, validatingWebhooks } from "../../federation/webhooks";

const pathsOf = (webhooks: { clientConfig: { url: string } }[]) =>
  webhooks.map((each) => new URL(each.clientConfig.url).pathname);

describe("Karmada's webhooks", () => {
  test("eight change what is written and fourteen check it, each at a path of its own", () => {
    const paths = [...pathsOf(mutatingWebhooks("CA")), ...pathsOf(validatingWebhooks("CA"))];
    expect(mutatingWebhooks("CA")).toHaveLength(8);
    expect(validatingWebhooks("CA")).toHaveLength(14);
    expect(new Set(paths).size).toBe(22);
  });

  test("a write fails without them: what they have not seen is never scheduled", () => {
    for (const each of [...mutatingWebhooks("CA"), ...validatingWebhooks("CA")]) {
      expect(each.failurePolicy).toBe("Fail");
      expect(each.clientConfig.caBundle).toBe(Buffer.from("CA").toString("base64"));
    }
  });

  test("a PropagationPolicy is asked about in its namespace, on creation and on update", () => {
    expect(mutatingWebhooks("CA")[0]).toMatchObject({
      name: "propagationpolicy.karmada.io",
      clientConfig: { url: "https://karmada-webhook.karmada-system.svc:8443/mutate-propagationpolicy" },
      rules: [
        {
          apiGroups: ["policy.karmada.io"],
          resources: ["propagationpolicies"],
          scope: "Namespaced",
          operations: ["CREATE", "UPDATE"],
        },
      ],
    });
  });

  test("deletions are asked about only where an object's label says so", () => {
    const [guard] = validatingWebhooks("CA").filter(({ rules }) =>
      rules[0].operations.includes("DELETE" as never),
    );
    expect(guard).toMatchObject({
      objectSelector: { matchExpressions: [{ key: "resourcetemplate.karmada.io/deletion-protected" }] },
    });
  });
});
