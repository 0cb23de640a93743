/** An IP address as eight groups of 16 bits. IPv4 is held as IPv6 has it: `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
type Address = readonly number[];

/** A range of addresses: those whose first `bits` bits are those of `address`. */
export interface AddressRange {
  readonly address: Address;
  readonly bits: number;
}

function parseGroups(text: string): number[] | undefined {
  const groups: number[] = [];
  if (text === '') return groups;
  for (const part of text.split(':')) {
    if (!/^[\da-f]{1,4}$/i.test(part)) return undefined;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/** Undefined if `text` is not an address; zones (`%eth0`) and octets with leading zeros are not understood. */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== 'string' || text.length > 45) return undefined;
  const quad = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  let hex = text;
  if (quad) {
    const octets = quad.slice(2).map(Number);
    if (octets.some((octet, i) => octet > 255 || String(octet) !== quad[i + 2])) return undefined;
    const [a, b, c, d] = octets as [number, number, number, number];
    const tail = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    hex = (quad[1] ?? '::ffff:') + tail;
  }
  const halves = hex.split('::');
  const head = parseGroups(halves[0]!);
  const tail = parseGroups(halves[1] ?? '');
  if (!head || !tail || halves.length > 2) return undefined;
  const gap = 8 - head.length - tail.length;
  // `::` stands for at least one group; without it there must be eight.
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  return [...head, ...Array<number>(gap).fill(0), ...tail];
}

/** `10.0.0.0/8`, `2001:db8::/32`; an address alone is a range of one. Undefined if `text` is neither. */
export function parseAddressRange(text: unknown): AddressRange | undefined {
  const found = typeof text === 'string' ? /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) : null;
  const address = parseAddress(found?.[1]);
  if (!found || !address) return undefined;
  const isQuad = !found[1]!.includes(':');
  const bits = Number(found[2] ?? 128 - (isQuad ? 96 : 0)) + (isQuad ? 96 : 0);
  return bits > 128 ? undefined : { address, bits };
}

/** IPv4 ranges hold only IPv4 addresses, and IPv6 ranges none of them: `::/0` is not "everybody". */
export function contains(range: AddressRange, address: Address): boolean {
  const isMapped = address.every((group, i) => i > 5 || group === (i === 5 ? 0xffff : 0));
  if (isMapped && range.bits < 96) return false;
  return range.address.every((group, i) => {
    const bits = Math.min(16, Math.max(0, range.bits - 16 * i));
    return (group ^ address[i]!) >> (16 - bits) === 0;
  });
}
