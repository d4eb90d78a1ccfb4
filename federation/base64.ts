/** Base64, as Kubernetes wants a Secret's `data` and every `caBundle`. */
export function encode64(text: string): string {
  return Buffer.from(text).toString("base64");
}
