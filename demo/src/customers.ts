/** How many people are on the wall. */
const COUNT = 1_000;

/** The targeting keys of the people on the wall, `customer-0001` to `customer-1000`: the same for page and service. */
export const CUSTOMERS: readonly string[] = Array.from(
  { length: COUNT },
  (_, index) => `customer-${String(index + 1).padStart(4, '0')}`,
);

/** The flag that the shop asks, wherever it asks. */
export const FLAG = 'new-checkout';

/**
 * Who is lit, as one character for each of `CUSTOMERS` in order: `1` has the new checkout, `0` has not.
 *
 * A plain string travels, compares and shows in the inspector as it is; a packed bitmap would save 870 bytes on
 * loopback and cost a codec on both sides.
 */
export function decideWall(hasNewCheckout: (customer: string) => boolean): string {
  return CUSTOMERS.map((customer) => (hasNewCheckout(customer) ? '1' : '0')).join('');
}
