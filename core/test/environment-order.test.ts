import { expect, it } from 'vitest';
import { inOrderOfUse } from '../src/environment-order.ts';

it('orders environments as code travels, whatever the order in which they come', () => {
  const order = ['dev', 'eu', 'us', 'staging', 'Production'];
  for (const given of [order, [...order].reverse(), [...order].sort()]) {
    expect(inOrderOfUse(given, (key) => key)).toEqual(order);
  }
});
