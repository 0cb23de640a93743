import type { Live } from '../documents/document.ts';

/**
 * What a decision may look at. Everything is asked for with its project, so a key of one project can never reach into
 * another. `State` answers for the present, `Overlay` for the present with drafts laid over it.
 */
export interface Documents {
  project(project: string): Live<'project'> | undefined;
  projects(): Iterable<Live<'project'>>;
  environment(project: string, environment: string): Live<'environment'> | undefined;
  environments(project: string): Iterable<Live<'environment'>>;
  flag(project: string, flag: string): Live<'flag'> | undefined;
  /** Archived ones too. */
  flags(project: string): Iterable<Live<'flag'>>;
  targeting(project: string, flag: string, environment: string): Live<'targeting'> | undefined;
  segment(project: string, segment: string): Live<'segment'> | undefined;
  /** Archived ones too. */
  segments(project: string): Iterable<Live<'segment'>>;
  key(selector: string): Live<'key'> | undefined;
  keys(): Iterable<Live<'key'>>;
  person(id: string): Live<'person'> | undefined;
}
