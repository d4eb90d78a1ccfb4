/** IPv4 arithmetic on dotted text; addresses as unsigned 32-bit numbers. */

export interface Block {
  first: number;
  bits: number;
}

export function toNumber(address: string): number {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new Error(`not an IPv4 address: ${JSON.stringify(address)}`);
  }
  return ((parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3]) >>> 0;
}

export function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** Reads `a.b.c.d/n`, or one address; host bits are cleared. */
export function parseBlock(cidr: string): Block {
  const [address, length = "32"] = cidr.split("/");
  const bits = Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > 32)
    throw new Error(`not an IPv4 block: ${JSON.stringify(cidr)}`);
  return { first: (toNumber(address) & mask(bits)) >>> 0, bits };
}

/** The address `offset` places after the first of a block: 1 = a subnet's gateway, 2 = a VPC's resolver. */
export function nth(cidr: string, offset: number): string {
  return toText(parseBlock(cidr).first + offset);
}

export function contains(cidr: string, address: string): boolean {
  const block = parseBlock(cidr);
  return (toNumber(address) & mask(block.bits)) >>> 0 === block.first;
}

/** `cidr` as the kernel prints it: no host bits, no `/32`, `default` for everything. */
export function asKernel(cidr: string): string {
  const block = parseBlock(cidr);
  if (block.bits === 0) return "default";
  return block.bits === 32 ? toText(block.first) : `${toText(block.first)}/${block.bits}`;
}

export function prefixLength(cidr: string): number {
  return parseBlock(cidr).bits;
}

export function isIPv4(cidr: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(cidr);
}

function mask(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
}
