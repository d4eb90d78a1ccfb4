import type { Prepared } from "../prepare";

/** The operator's access key inside the box; the emulator knows it and no other until roles hand theirs out. */
export const OPERATOR = { id: "AKIAFEDERATIONSANDBOX", secret: "operator-of-the-box" } as const;

/** What a person's shell has inside the box, as on a machine that is set up for AWS: keys, trust, programs. */
export function boxEnvironment(prepared: Prepared, base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  const kept = Object.fromEntries(
    Object.entries(base).filter(([name]) => /^(PATH|HOME|TERM|LANG|LC_.*|USER|SHELL|CI|NO_COLOR|FEDERATION_.*|XDG_.*|PULUMI_SKIP.*)$/.test(name)),
  );
  return {
    ...kept,
    PATH: [prepared.bin, prepared.tools, process.execPath.replace(/\/[^/]*$/, ""), kept.PATH].join(":"),
    AWS_ACCESS_KEY_ID: OPERATOR.id,
    AWS_SECRET_ACCESS_KEY: OPERATOR.secret,
    // Each of these clients has a bundle of its own compiled in and reads the system's only when told.
    NODE_EXTRA_CA_CERTS: bundle,
    AWS_CA_BUNDLE: bundle,
    SSL_CERT_FILE: bundle,
    // The AWS SDK says at every start that it will want Node 22 next year; each of its many starts here would repeat it.
    NODE_NO_WARNINGS: "1",
  };
}
