import type { Audience } from '@dimmer/core';
import type { Documents } from '../state/documents.ts';
import { type Encoded, encodeFlag, encodeSegment } from './encode-flag.ts';

/** Flags and segments as they travel, by key. */
export interface Visible {
  /** Flags that are there for their own sake, and not only because others need them. Of servers: none are noted. */
  readonly marked: ReadonlySet<string>;
  readonly flags: Map<string, Encoded>;
  readonly segments: Map<string, Encoded>;
}

/** The flag as it travels, or `undefined` if it is archived, gone, or not served here yet. */
export function encodedFlag(state: Documents, project: string, environment: string, key: string): Encoded | undefined {
  const flag = state.flag(project, key);
  const targeting = flag && !flag.body.archived ? state.targeting(project, key, environment) : undefined;
  return flag && targeting && !targeting.body.absent ? encodeFlag(flag.body, targeting.body) : undefined;
}

/** The segment as it travels, or `undefined` if it is archived or gone. */
export function encodedSegment(state: Documents, project: string, key: string): Encoded | undefined {
  const segment = state.segment(project, key);
  return segment && !segment.body.archived ? encodeSegment(segment.body) : undefined;
}

/**
 * Servers get every flag and segment in use. Browsers get the flags marked for them and what those need: rules in a
 * browser are public, so nothing more.
 */
export function visibleTo(audience: Audience, state: Documents, project: string, environment: string): Visible {
  if (audience === 'server') return everything(state, project, environment);
  const marked = new Set<string>();
  for (const { body } of state.flags(project)) if (body.browser) marked.add(body.key);
  return closureOf(marked, state, project, environment);
}

function everything(state: Documents, project: string, environment: string): Visible {
  const visible: Visible = { marked: new Set(), flags: new Map(), segments: new Map() };
  for (const { body } of state.flags(project)) {
    const encoded = encodedFlag(state, project, environment, body.key);
    if (encoded) visible.flags.set(body.key, encoded);
  }
  for (const { body } of state.segments(project)) {
    const encoded = encodedSegment(state, project, body.key);
    if (encoded) visible.segments.set(body.key, encoded);
  }
  return visible;
}

/** Some flags, what they need as prerequisites (and these again), and the segments that any of them use. */
export function closureOf(
  marked: ReadonlySet<string>,
  state: Documents,
  project: string,
  environment: string,
): Visible {
  const visible: Visible = { marked, flags: new Map(), segments: new Map() };
  const addSegment = (key: string) => {
    const encoded = visible.segments.has(key) ? undefined : encodedSegment(state, project, key);
    if (encoded) visible.segments.set(key, encoded);
  };
  const addFlag = (key: string) => {
    const encoded = visible.flags.has(key) ? undefined : encodedFlag(state, project, environment, key);
    if (!encoded) return;
    visible.flags.set(key, encoded);
    encoded.flags.forEach(addFlag);
    encoded.segments.forEach(addSegment);
  };
  for (const key of marked) addFlag(key);
  return visible;
}
