import { describe, expect, it } from 'vitest';
import type { Change } from '../src/api/changes.ts';
import { filterOf, onlyEnvironment, queryOf } from '../src/pages/changes/change-filter.ts';
import { csvHead, csvLine } from '../src/pages/changes/csv.ts';

const change = (more: Partial<Change>): Change => ({
  revision: 7,
  id: '7.ab',
  at: 0,
  actor: { kind: 'person', id: 'p', name: 'Ann' },
  command: 'flag.kill',
  project: 'shop',
  environment: 'production',
  subject: 'theme',
  reason: null,
  hash: 'ab',
  writeCount: 1,
  writes: [],
  ...more,
});

describe('the filter of changes', () => {
  const all = 'environment=production&flag=theme&person=ann&since=24h&project=other';

  it('is read from the address; the page’s own project wins', () => {
    expect(filterOf(new URLSearchParams(all), 'shop')).toEqual({
      project: 'shop',
      environment: 'production',
      flag: 'theme',
      person: 'ann',
      window: '24h',
    });
  });

  it('knows no environment or flag without a project, and no window that is none', () => {
    const search = new URLSearchParams('environment=production&flag=theme&since=constructor');
    expect(filterOf(search, null)).toEqual({
      project: null,
      environment: null,
      flag: null,
      person: null,
      window: null,
    });
  });

  it('asks since a whole minute, so that a question keeps its name', () => {
    const filter = filterOf(new URLSearchParams('since=1h'), 'shop');
    const now = Date.parse('2026-03-01T12:00:42.123Z');
    expect(queryOf(filter, now)).toEqual({ project: 'shop', since: String(Date.parse('2026-03-01T11:00:00Z')) });
    expect(queryOf(filter, now + 10_000)).toEqual(queryOf(filter, now));
  });

  it('asks for everything if nothing is chosen', () => {
    expect(queryOf(filterOf(new URLSearchParams(), null), 0)).toEqual({});
  });

  it('asks for somebody by a part of the name', () => {
    expect(queryOf(filterOf(new URLSearchParams('person=an'), null), 0)).toEqual({ by: 'an' });
  });

  it('asks for the one environment that somebody may see', () => {
    const ofOne = { role: 'operator', project: 'shop', environment: 'staging' } as const;
    expect(onlyEnvironment([ofOne], 'shop')).toBe('staging');
    expect(onlyEnvironment([ofOne, { role: 'viewer', project: null, environment: null }], 'shop')).toBeNull();
  });
});

describe('a change as a line of CSV', () => {
  it('has as many cells as the head', () => {
    expect(csvHead().split(',')).toHaveLength(csvLine(change({})).split(',').length);
    expect(csvLine(change({}))).toBe(
      '7,7.ab,1970-01-01T00:00:00.000Z,person,p,Ann,flag.kill,shop,production,theme,,1\r\n',
    );
  });

  it('quotes commas, quotation marks and line ends', () => {
    expect(csvLine(change({ reason: 'a "b", c\nd' }))).toContain(',"a ""b"", c\nd",');
  });

  it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)', '\tx'])('lets no spreadsheet take %j for a formula', (reason) => {
    expect(csvLine(change({ reason }))).toContain(`"'${reason.replaceAll('"', '""')}"`);
  });
});
