import { describe, expect, it, onTestFinished } from 'vitest';
import { auditLine } from '../src/change-log/audit-line.ts';
import { type Change, GENESIS, withHash } from '../src/changes/change.ts';
import { TestServer } from './running-server.ts';

/** A server, and the lines that it has written of its changes. */
async function startAudited(env: Record<string, string>) {
  const lines: string[] = [];
  const server = await TestServer.start({ env, audit: (line) => lines.push(line) });
  onTestFinished(() => server.stop());
  const post = (path: string, body: object) => server.admin('POST', path, body);
  return { lines, post, told: () => lines.map((line) => JSON.parse(line)) };
}

describe('changes as lines of the log', () => {
  it('say who did what to which documents, when and why, and never what was written', async () => {
    const { lines, post, told } = await startAudited({ DIMMER_AUDIT_LOG: 'on' });
    await post('flags', { key: 'new-checkout', description: 'the secret plan' });
    const { revision } = await post('flags/new-checkout/environments/production/kill', { reason: 'errors' });
    expect(told().at(-1)).toMatchObject({
      level: 'info',
      message: 'Change',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      revision,
      id: expect.stringMatching(new RegExp(`^${revision}\\.[0-9a-f]{12}$`)),
      actor: { kind: 'token', name: expect.any(String) },
      command: 'flag.kill',
      project: 'default',
      environment: 'production',
      subject: 'new-checkout',
      reason: 'errors',
      documents: [expect.stringMatching(/^targeting\/.*new-checkout.*production/)],
      left: 0,
    });
    // From the first change of a new server on, none left out and none twice.
    expect(told().map((line) => line.revision)).toEqual(Array.from({ length: revision }, (_, index) => index + 1));
    expect(lines.join('\n')).not.toMatch(/the secret plan|sdk_|adm_/);
  });

  it('are not written unless somebody wants them', async () => {
    const { lines, post } = await startAudited({});
    await post('flags', { key: 'new-checkout' });
    expect(lines).toEqual([]);
  });

  it('are at most 16 KiB, whatever was changed, and say how much is left out', () => {
    const long = '漢'.repeat(5_000);
    const writes = Array.from({ length: 3_000 }, (_, index) => ({
      kind: 'flag' as const,
      id: `shop/${index}-${'x'.repeat(128)}`,
      project: 'shop',
      environment: null,
      version: 1,
      body: null,
    }));
    const change = withHash({
      revision: 1,
      at: 0,
      actor: { kind: 'person', id: 'p', name: long },
      command: 'flag.create',
      project: 'shop',
      environment: null,
      subject: long,
      reason: long,
      writes,
      prevHash: GENESIS.hash,
    } as Omit<Change, 'hash'>);
    const line = auditLine(change, 'node-1');
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16 * 1024);
    const { documents, left } = JSON.parse(line);
    expect([documents.length > 5, documents.length + left]).toEqual([true, 3_000]);
  });
});
