/** An error of an AWS API call: its code, the call and the region, and the text AWS gave. */
export class ApiError extends Error {
  constructor(
    /** AWS's error code, such as `DependencyViolation`. */
    readonly code: string,
    /** What AWS said, without the prefix this class adds. */
    readonly reason: string,
    message: string,
    /** Further lines some services give (Route 53's refused changes). */
    readonly details: string[],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = code;
  }

  static from(cause: unknown, service: string, method: string, region: string): ApiError {
    if (cause instanceof ApiError) return cause;
    const error = cause as any;
    const code: string = error?.Code ?? error?.name ?? "Unknown";
    const reason: string = error?.message ?? String(cause);
    const details: string[] = [error?.messages ?? []]
      .flat()
      .filter((line: unknown) => typeof line === "string");
    const status = error?.$metadata?.httpStatusCode;
    const request = error?.$metadata?.requestId;
    const where = [region, status && `HTTP ${status}`, request && `request ${request}`]
      .filter(Boolean)
      .join(", ");
    const operation = `${service}:${method[0].toUpperCase()}${method.slice(1)}`;
    const text = `${operation} (${where}): ${code}: ${[reason, ...details].join("; ")}`;
    return new ApiError(code, reason, text, details, { cause });
  }
}

/** Whether `error` is AWS's answer with one of these codes. A code ending in `*` is a prefix. */
export function isCode(error: unknown, ...codes: string[]): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return codes.some((code) =>
    code.endsWith("*") ? error.code.startsWith(code.slice(0, -1)) : error.code === code,
  );
}

/** `undefined` where the call fails with one of `codes` (the thing is not there), else its answer. */
export async function unless<T>(codes: string[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isCode(error, ...codes)) return undefined;
    throw error;
  }
}
