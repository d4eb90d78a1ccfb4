import { createPrivateKey, X509Certificate } from "node:crypto";

/** An entry of a kubeconfig, of which nothing is known but that it has keys. */
export type Entry = Readonly<Record<string, unknown>>;

export const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a file that a kubeconfig names. */
export type ReadFile = ((path: string) => string) | undefined;

/** What is wrong with a kubeconfig, gathered while it is read. */
export class Findings {
  readonly faults: string[] = [];
  readonly warnings: string[] = [];

  fault(text: string): void {
    this.faults.push(text);
  }

  warning(text: string): void {
    this.warnings.push(text);
  }

  /** Text of `key-data` (base64) or of the file that `key` names; "" for neither, undefined when it can't be used. */
  pem(
    entry: Entry,
    key: string,
    kind: "CERTIFICATE" | "PRIVATE KEY",
    readFile: ReadFile,
  ): string | undefined {
    const data = entry[`${key}-data`];
    if (data === undefined || data === "") {
      const text = this.file(entry, key, readFile);
      return text && this.checked(text, `${key}: the file holds`, kind);
    }
    const text = typeof data === "string" ? Buffer.from(data, "base64").toString() : "";
    return this.checked(text, `${key}-data is`, kind);
  }

  /** Text of the file that `key` names; "" where it names none, undefined when it can't be had. */
  file(entry: Entry, key: string, readFile: ReadFile): string | undefined {
    const path = entry[key];
    if (path === undefined || path === "") return "";
    if (typeof path !== "string") return void this.fault(`${key} is no path`);
    if (!readFile) {
      this.fault(
        `${key}: ${path} is a file, which a secret can't bring along: make it with kubectl config view --raw --flatten --minify`,
      );
      return undefined;
    }
    try {
      return readFile(path);
    } catch (error) {
      return void this.fault(
        `${key}: ${path} can't be read: ${(error as NodeJS.ErrnoException).code ?? "no file"}`,
      );
    }
  }

  private checked(text: string, where: string, kind: "CERTIFICATE" | "PRIVATE KEY"): string | undefined {
    try {
      if (kind === "CERTIFICATE") new X509Certificate(text);
      else createPrivateKey(text);
      return text;
    } catch {
      return void this.fault(`${where} no ${kind.toLowerCase()} in PEM: write the kubeconfig anew`);
    }
  }
}
