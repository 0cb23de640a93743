import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddresses, networkOf } from '../../src/http/client-address.ts';
import { silentLogger } from '../../src/logger.ts';

const request = (forwarded?: string) =>
  ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: '10.0.0.9' },
  }) as unknown as IncomingMessage;

describe('The address of a client', () => {
  it('is the other end of the connection, where there are no proxies', () => {
    expect(clientAddresses(0)(request())).toBe('10.0.0.9');
  });

  it('is the other end also where the request says that it came through a proxy: anybody can write that', () => {
    expect(clientAddresses(0)(request('1.2.3.4'))).toBe('10.0.0.9');
    expect(clientAddresses(0)(request('1.2.3.4, 5.6.7.8'))).toBe('10.0.0.9');
  });

  it('is told of once, where a proxy may have been forgotten', () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const addressOf = clientAddresses(0, logger);
    for (const forwarded of [undefined, '1.2.3.4', '1.2.3.4']) addressOf(request(forwarded));
    expect(warnings).toEqual([expect.stringContaining('DIMMER_PROXIES')]);
  });

  it('is what the outermost of our own proxies says, whatever somebody has put before it', () => {
    expect(clientAddresses(1)(request('6.6.6.6, 1.2.3.4'))).toBe('1.2.3.4');
    expect(clientAddresses(2)(request('6.6.6.6, 1.2.3.4, 10.1.1.1'))).toBe('1.2.3.4');
  });

  it('is the other end of a connection that has not come through all of our proxies', () => {
    expect(clientAddresses(1)(request())).toBe('10.0.0.9');
    expect(clientAddresses(2)(request('1.2.3.4'))).toBe('10.0.0.9');
  });

  it('is without its port, which some proxies add and which differs for every connection', () => {
    const said = (hop: string) => clientAddresses(1)(request(hop));
    expect(['1.2.3.4:5678', '[2001:db8::1]:443', '[2001:db8::1]', '2001:db8::1'].map(said)).toEqual([
      ...['1.2.3.4', '2001:db8::1', '2001:db8::1', '2001:db8::1'],
    ]);
    expect(['unknown', '', '1.2.3', 'a:b:c', '1.2.3.4,'].map(said)).toEqual(Array(5).fill('10.0.0.9'));
  });
});

describe('The network of an address', () => {
  it('is itself, or the first half of one of IPv6, however that is written', () => {
    for (const [address, network] of [
      ['203.0.113.9', '203.0.113.9'],
      ['::ffff:203.0.113.9', '203.0.113.9'],
      ['::FFFF:cb00:7109', '203.0.113.9'],
      ['64:ff9b::203.0.113.9', '64:ff9b:0:0'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
      ['2001:0DB8:0001:0002::6', '2001:db8:1:2'],
      ['2001:db8::1', '2001:db8:0:0'],
      ['::1', '0:0:0:0'],
      ['fe80::1%eth0', 'fe80:0:0:0'],
      ['not an address', 'not an address'],
    ] as const) {
      expect(networkOf(address), address).toBe(network);
    }
  });
});
