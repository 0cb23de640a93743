/** An IP address as a number of 128 bits. IPv4 is held as IPv6 has it: `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
type Address = bigint;

/** The addresses that agree with `start` but for their last `free` bits. */
export interface AddressRange {
  readonly start: Address;
  readonly free: bigint;
}

/** `a.b.c.d` at the end of an address as two groups of hexadecimal digits; 'x' if an octet is none. */
function groupsOfQuad(octets: readonly string[], isWhole: boolean): string {
  if (!octets.every((octet) => String(Number(octet)) === octet && Number(octet) < 256)) return 'x';
  const digits = (octets.reduce((sum, octet) => sum * 256 + Number(octet), 0) + 2 ** 32).toString(16);
  return `${isWhole ? '::ffff:' : ''}${digits.slice(1, 5)}:${digits.slice(5)}`;
}

/** Undefined if `text` is not an address; zones (`%eth0`) and octets with leading zeros are not understood. */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== 'string' || text.length > 45) return undefined;
  const [head, tail, ...more] = text
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (quad, a, b, c, d) => groupsOfQuad([a, b, c, d], quad === text))
    .split('::')
    .map((half) => (half ? half.split(':') : []));
  const groups = head!.concat(tail ?? []);
  const gap = 8 - groups.length;
  // `::` stands for at least one group; without it there must be eight.
  if (more.length || (tail ? gap < 1 : gap) || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group)))
    return undefined;
  groups.splice(head!.length, 0, ...Array<string>(gap).fill('0'));
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** `10.0.0.0/8`, `2001:db8::/32`; an address alone is a range of one. Undefined if `text` is neither. */
export function parseAddressRange(text: unknown): AddressRange | undefined {
  const [, host, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(String(text)) ?? [];
  const start = parseAddress(host);
  const width = host?.includes(':') ? 128 : 32;
  const free = width - Number(bits ?? width);
  return start === undefined || free < 0 ? undefined : { start, free: BigInt(free) };
}

/** IPv4 ranges hold only IPv4 addresses, and IPv6 ranges none of them: `::/0` is not "everybody". */
export function contains({ start, free }: AddressRange, address: Address): boolean {
  return (start ^ address) >> free === 0n && (free <= 32n || address >> 32n !== 0xffffn);
}
