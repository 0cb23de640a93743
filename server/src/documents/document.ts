import {
  type ChangeRequestBody,
  changeRequestBody,
  type EnvironmentBody,
  environmentBody,
  type FlagBody,
  flagBody,
  type PersonBody,
  type ProjectBody,
  personBody,
  projectBody,
  type SegmentBody,
  segmentBody,
  type TargetingBody,
  targetingBody,
} from '@dimmer/contract';
import { type StoredInvitation, storedInvitation } from './invitation.ts';
import { type StoredKey, storedKey } from './key.ts';

// Why: decision 0012.
interface BodyOf {
  readonly project: ProjectBody;
  readonly environment: EnvironmentBody;
  readonly flag: FlagBody;
  readonly targeting: TargetingBody;
  readonly segment: SegmentBody;
  readonly key: StoredKey;
  readonly person: PersonBody;
  readonly invitation: StoredInvitation;
  readonly 'change-request': ChangeRequestBody;
}

export type Kind = keyof BodyOf;

/** Names one document, and says where it belongs. `null`: it belongs to all environments (or projects). */
export interface Place<K extends Kind = Kind> {
  readonly kind: K;
  /** Unique within its kind; made of keys joined by `/`, which no key contains. */
  readonly id: string;
  readonly project: string | null;
  readonly environment: string | null;
}

/** A place, and what shall stand there. */
export type Draft<K extends Kind = Kind> = { [Each in K]: Place<Each> & { readonly body: BodyOf[Each] | null } }[K];

/** What is stored: the newest body, how often it was written, and by which revision. `body: null` = deleted. */
export type Document<K extends Kind = Kind> = Draft<K> & { readonly version: number; readonly revision: number };

/** A document that is there. */
export type Live<K extends Kind> = Place<K> & {
  readonly version: number;
  readonly revision: number;
  readonly body: BodyOf[K];
};

export const place = {
  project: (project: string): Place<'project'> => ({ kind: 'project', id: project, project, environment: null }),
  environment: (project: string, environment: string): Place<'environment'> => ({
    kind: 'environment',
    id: `${project}/${environment}`,
    project,
    environment,
  }),
  flag: (project: string, flag: string): Place<'flag'> => ({
    kind: 'flag',
    id: `${project}/${flag}`,
    project,
    environment: null,
  }),
  targeting: (project: string, flag: string, environment: string): Place<'targeting'> => ({
    kind: 'targeting',
    id: `${project}/${flag}/${environment}`,
    project,
    environment,
  }),
  segment: (project: string, segment: string): Place<'segment'> => ({
    kind: 'segment',
    id: `${project}/${segment}`,
    project,
    environment: null,
  }),
  /** Keys are looked up by the selector in a presented token, before anything else about it is known. */
  key: (selector: string, project: string | null, environment: string | null): Place<'key'> => ({
    kind: 'key',
    id: selector,
    project,
    environment,
  }),
  person: (id: string): Place<'person'> => ({ kind: 'person', id, project: null, environment: null }),
  invitation: (id: string): Place<'invitation'> => ({ kind: 'invitation', id, project: null, environment: null }),
  changeRequest: (project: string, id: string, environment: string | null): Place<'change-request'> => ({
    kind: 'change-request',
    id: `${project}/${id}`,
    project,
    environment,
  }),
} as const;

/** The key of the flag, segment, … that a document is about: the middle of a targeting's id, else the last part. */
export function subjectOf(document: Pick<Place, 'kind' | 'id'>): string {
  const parts = document.id.split('/');
  return (document.kind === 'targeting' ? parts[1] : parts.at(-1)) ?? document.id;
}

const SCHEMAS = {
  project: projectBody,
  environment: environmentBody,
  flag: flagBody,
  targeting: targetingBody,
  segment: segmentBody,
  key: storedKey,
  person: personBody,
  invitation: storedInvitation,
  'change-request': changeRequestBody,
} as const;

/**
 * Says what is wrong with a body that is about to be written, or `null`. The body itself is stored as it is, not as
 * zod gives it back: fields that this version does not know survive.
 */
export function bodyProblem(draft: Draft): string | null {
  if (draft.body === null) return null;
  const result = SCHEMAS[draft.kind].safeParse(draft.body);
  if (result.success) return null;
  const issue = result.error.issues[0];
  return `${draft.kind} ${draft.id}: ${issue?.path.map(String).join('.')}: ${issue?.message}`;
}
