/**
 * An IP address as text, so that a range is the text that its addresses begin with: a 6 and 128 binary digits; for an
 * IPv4 address, also as IPv6 has it (`::ffff:a.b.c.d`, RFC 4291, 2.5.5.2), a 4 and 32 digits. So IPv4 ranges hold only
 * IPv4 addresses, and IPv6 ranges none of them: `::/0` is not "everybody".
 */
export type Address = string;

/** Digits, and no zones (`%eth0`). */
const ADDRESS = /^[\da-f]*[.:][\da-f.:]{1,43}$/i;
const IPV4_IN_IPV6 = /^(0{80}1{16})?/;

function digitsOf(groups: string): string {
  const each = groups.split(':').map((group) => group.padStart(4, '0'));
  return each.join('');
}

/** An address, or a range: what the first `bits` of its 128 digits say. Undefined if `text` is no address. */
function parseDigits(text: unknown, bits = 128): Address | undefined {
  if (typeof text !== 'string' || !ADDRESS.test(text)) return undefined;
  try {
    // Every engine has the URL standard's reader of IPv6 addresses, which refuses what is wrong (an octet with a leading
    // zero, say) and writes what is right in one way, with `::` for at least two groups of zeros.
    const { hostname } = new URL(`http://[${text.includes(':') ? '' : '::ffff:'}${text}]`);
    const [head, tail = ''] = hostname.slice(1, -1).split('::').map(digitsOf);
    return BigInt(`0x1${head!.padEnd(32 - tail.length, '0')}${tail}`)
      .toString(2)
      .slice(1)
      .slice(0, bits)
      .replace(IPV4_IN_IPV6, (start) => (start ? '4' : '6'));
  } catch {
    return undefined;
  }
}

/** Undefined if `text` is not an address. */
export function parseAddress(text: unknown): Address | undefined {
  return parseDigits(text);
}

/**
 * `10.0.0.0/8`, `2001:db8::/32`; an address alone is a range of one. What comes out is how the addresses in it begin;
 * undefined if `text` is neither.
 */
export function parseAddressRange(text: unknown): Address | undefined {
  const [, host, bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(String(text)) ?? [];
  const width = host?.includes(':') ? 128 : 32;
  return Number(bits ?? 0) > width ? undefined : parseDigits(host, 128 - width + Number(bits ?? width));
}
