/** Who has told of something and of when: what a report can be narrowed down to. Why: decision 0166. */

/** Of what is merged in one row. */
export interface Source {
  /** As SDKs are configured: a name, or `name@version`. `null`: they say none. `(other)`: too many to be kept apart. */
  readonly application: string | null;
  readonly instance: string | null;
  /** A further candidate that it is about. Absent: it is about the one that is to go live. */
  readonly candidate?: string | undefined;
  /** The lowest revision by whose rules it was decided. */
  readonly revision: number;
  /** From when to when, ms since 1970. */
  readonly first: number;
  readonly last: number;
}

/** Who reports, as it names itself. */
export type Teller = Pick<Source, 'application' | 'instance'>;

/** What a report is to be about. All that is given must hold. */
export interface SourceFilter {
  /** A name, of any version; or `name@version`. */
  readonly application?: string | undefined;
  readonly version?: string | undefined;
  readonly instance?: string | undefined;
  /** A further candidate, instead of the one that is to go live. */
  readonly candidate?: string | undefined;
}

/** `shop@1.4.2` is version 1.4.2 of shop, `@acme/shop` is a name, and `@1.4.2` a version of what has none. */
export function partsOf(application: string | null): { readonly name: string | null; readonly version: string | null } {
  if (application === null) return { name: null, version: null };
  const at = application.lastIndexOf('@');
  if (at < 0 || application.indexOf('/', at) >= 0) return { name: application, version: null };
  return { name: application.slice(0, at) || null, version: application.slice(at + 1) || null };
}

export function matches({ application, instance }: Teller, filter: SourceFilter): boolean {
  const { name, version } = partsOf(application);
  if (filter.application !== undefined && filter.application !== application && filter.application !== name)
    return false;
  if (filter.version !== undefined && filter.version !== version) return false;
  return filter.instance === undefined || filter.instance === instance;
}

export function isNarrowed({ application, version, instance }: SourceFilter): boolean {
  return application !== undefined || version !== undefined || instance !== undefined;
}
