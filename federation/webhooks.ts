import { encode64 } from "./base64";
import { ports, serviceUrl } from "./places";

/** One kind that Karmada's webhook is asked about. */
interface Row {
  readonly kind: string;
  readonly group: "policy" | "work" | "autoscaling" | "networking" | "config";
  readonly resources: string;
  readonly clustered?: true;
  /** Called before the object is stored, to fill in what Karmada adds. @default never */
  readonly mutate?: readonly Operation[];
  /** Called to accept or refuse. @default never */
  readonly validate?: readonly Operation[];
  /** Seconds. @default 3 */
  readonly timeout?: number;
  /** @default "None" */
  readonly validateSideEffects?: "NoneOnDryRun";
}

type Operation = "CREATE" | "UPDATE";

const writes: readonly Operation[] = ["CREATE", "UPDATE"];

/** What Karmada v1.16.0 serves, kind by kind; the path is `/mutate-<kind>` or `/validate-<kind>`. */
const rows: readonly Row[] = [
  {
    kind: "propagationpolicy",
    group: "policy",
    resources: "propagationpolicies",
    mutate: writes,
    validate: writes,
  },
  {
    kind: "clusterpropagationpolicy",
    group: "policy",
    resources: "clusterpropagationpolicies",
    clustered: true,
    mutate: writes,
    validate: writes,
  },
  {
    kind: "overridepolicy",
    group: "policy",
    resources: "overridepolicies",
    mutate: writes,
    validate: writes,
  },
  {
    kind: "clusteroverridepolicy",
    group: "policy",
    resources: "clusteroverridepolicies",
    clustered: true,
    validate: writes,
  },
  {
    kind: "clustertaintpolicy",
    group: "policy",
    resources: "clustertaintpolicies",
    clustered: true,
    validate: writes,
  },
  { kind: "federatedresourcequota", group: "policy", resources: "federatedresourcequotas", validate: writes },
  {
    kind: "resourcebinding",
    group: "work",
    resources: "resourcebindings",
    mutate: ["CREATE"],
    validate: writes,
    validateSideEffects: "NoneOnDryRun",
  },
  {
    kind: "clusterresourcebinding",
    group: "work",
    resources: "clusterresourcebindings",
    clustered: true,
    mutate: ["CREATE"],
  },
  { kind: "work", group: "work", resources: "works", mutate: writes },
  {
    kind: "federatedhpa",
    group: "autoscaling",
    resources: "federatedhpas",
    mutate: writes,
    validate: writes,
  },
  { kind: "cronfederatedhpa", group: "autoscaling", resources: "cronfederatedhpas", validate: writes },
  {
    kind: "multiclusterservice",
    group: "networking",
    resources: "multiclusterservices",
    mutate: writes,
    validate: writes,
  },
  { kind: "multiclusteringress", group: "networking", resources: "multiclusteringresses", validate: writes },
  {
    kind: "resourceinterpreterwebhookconfiguration",
    group: "config",
    resources: "resourceinterpreterwebhookconfigurations",
    clustered: true,
    validate: writes,
  },
  {
    kind: "resourceinterpretercustomization",
    group: "config",
    resources: "resourceinterpretercustomizations",
    clustered: true,
    validate: writes,
    timeout: 10,
  },
];

/** Any object whose label says that it must not be deleted. */
const deletionProtection = {
  kind: "resourcedeletionprotection",
  rule: { apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], scope: "*", operations: ["DELETE"] },
  selector: {
    matchExpressions: [{ key: "resourcetemplate.karmada.io/deletion-protected", operator: "Exists" }],
  },
};

/** The `webhooks` of Karmada's MutatingWebhookConfiguration. `ca` is the PEM of the webhook server's authority. */
export function mutatingWebhooks(ca: string) {
  return rows
    .filter((row) => row.mutate)
    .map((row) => webhook(ca, "mutate", row.kind, rule(row, row.mutate!), { timeoutSeconds: 3 }));
}

/** The `webhooks` of Karmada's ValidatingWebhookConfiguration. */
export function validatingWebhooks(ca: string) {
  const { kind, rule: anything, selector } = deletionProtection;
  return [
    ...rows
      .filter((row) => row.validate)
      .map((row) =>
        webhook(ca, "validate", row.kind, rule(row, row.validate!), {
          timeoutSeconds: row.timeout ?? 3,
          ...(row.validateSideEffects && { sideEffects: row.validateSideEffects }),
        }),
      ),
    webhook(ca, "validate", kind, anything, { timeoutSeconds: 3, objectSelector: selector }),
  ];
}

function rule(row: Row, operations: readonly Operation[]) {
  return {
    apiGroups: [`${row.group}.karmada.io`],
    apiVersions: ["*"],
    resources: [row.resources],
    scope: row.clustered ? "Cluster" : "Namespaced",
    operations: [...operations],
  };
}

function webhook<Rule extends object, More extends object>(
  ca: string,
  verb: "mutate" | "validate",
  kind: string,
  applies: Rule,
  more: More,
) {
  return {
    name: `${kind}.karmada.io`,
    rules: [applies],
    clientConfig: {
      url: `${serviceUrl("karmada-webhook", ports.webhook)}/${verb}-${kind}`,
      caBundle: encode64(ca),
    },
    // Karmada never schedules what its webhook has not seen, so a write without it must fail rather than be lost.
    failurePolicy: "Fail",
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    ...more,
  };
}
