import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddresses } from '../../src/http/client-address.ts';

const request = (forwarded?: string) =>
  ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: '10.0.0.9' },
  }) as unknown as IncomingMessage;

describe('The address of a client', () => {
  it('is the other end of the connection, where there are no proxies', () => {
    expect(clientAddresses(0)(request())).toBe('10.0.0.9');
  });

  it('is not known where a proxy has been that nobody has told of', () => {
    expect(clientAddresses(0)(request('1.2.3.4'))).toBeNull();
  });

  it('is what the outermost of our own proxies says, whatever somebody has put before it', () => {
    expect(clientAddresses(1)(request('6.6.6.6, 1.2.3.4'))).toBe('1.2.3.4');
    expect(clientAddresses(2)(request('6.6.6.6, 1.2.3.4, 10.1.1.1'))).toBe('1.2.3.4');
  });

  it('is not known where our proxies have said nothing', () => {
    expect(clientAddresses(1)(request())).toBeNull();
    expect(clientAddresses(2)(request('1.2.3.4'))).toBeNull();
  });

  it('is without its port, which some proxies add and which differs for every connection', () => {
    const said = (hop: string) => clientAddresses(1)(request(hop));
    expect(['1.2.3.4:5678', '[2001:db8::1]:443', '[2001:db8::1]', '2001:db8::1'].map(said)).toEqual([
      ...['1.2.3.4', '2001:db8::1', '2001:db8::1', '2001:db8::1'],
    ]);
    expect(['unknown', '', '1.2.3', 'a:b:c'].map(said)).toEqual([null, null, null, null]);
  });
});
