import type { Audience } from '@dimmer/core';
import type { Documents } from '../state/documents.ts';
import { type Encoded, encodeFlag, encodeSegment } from './encode-flag.ts';

/** What one audience receives of one environment, by key. */
export interface Visible {
  readonly flags: ReadonlyMap<string, Encoded>;
  readonly segments: ReadonlyMap<string, Encoded>;
}

/** The flag as it travels, or `undefined` if it is archived or gone. */
export function encodedFlag(state: Documents, project: string, environment: string, key: string): Encoded | undefined {
  const flag = state.flag(project, key);
  const targeting = flag && !flag.body.archived ? state.targeting(project, key, environment) : undefined;
  return flag && targeting && encodeFlag(flag.body, targeting.body);
}

/** The segment as it travels, or `undefined` if it is archived or gone. */
export function encodedSegment(state: Documents, project: string, key: string): Encoded | undefined {
  const segment = state.segment(project, key);
  return segment && !segment.body.archived ? encodeSegment(segment.body) : undefined;
}

/**
 * Servers get every flag and segment in use. Browsers get the flags marked for them, what those need as prerequisites
 * (and these again), and the segments that any of these use: rules in a browser are public, so nothing more.
 */
export function visibleTo(audience: Audience, state: Documents, project: string, environment: string): Visible {
  const flags = new Map<string, Encoded>();
  const segments = new Map<string, Encoded>();
  const addSegment = (key: string) => {
    const encoded = segments.has(key) ? undefined : encodedSegment(state, project, key);
    if (encoded) segments.set(key, encoded);
  };
  const addFlag = (key: string) => {
    const encoded = flags.has(key) ? undefined : encodedFlag(state, project, environment, key);
    if (!encoded) return;
    flags.set(key, encoded);
    if (audience === 'server') return;
    encoded.flags.forEach(addFlag);
    encoded.segments.forEach(addSegment);
  };
  for (const { body } of state.flags(project)) {
    if (audience === 'server' || body.browser) addFlag(body.key);
  }
  if (audience === 'server') for (const { body } of state.segments(project)) addSegment(body.key);
  return { flags, segments };
}
