import { type Draft, type Kind, type Live, type Place, place } from '../documents/document.ts';
import type { Documents } from './documents.ts';

/** Copy-on-write view: the documents as they would be if some drafts were written. Decisions are checked against it. */
export class Overlay implements Documents {
  readonly #base: Documents;
  readonly #drafts: ReadonlyMap<string, Draft>;

  constructor(base: Documents, drafts: readonly Draft[]) {
    this.#base = base;
    this.#drafts = new Map(drafts.map((draft) => [nameOf(draft), draft]));
  }

  project(project: string): Live<'project'> | undefined {
    return this.#one(place.project(project), this.#base.project(project));
  }

  projects(): Iterable<Live<'project'>> {
    return this.#many('project', null, this.#base.projects());
  }

  environment(project: string, environment: string): Live<'environment'> | undefined {
    return this.#one(place.environment(project, environment), this.#base.environment(project, environment));
  }

  environments(project: string): Iterable<Live<'environment'>> {
    return this.#many('environment', project, this.#base.environments(project));
  }

  flag(project: string, flag: string): Live<'flag'> | undefined {
    return this.#one(place.flag(project, flag), this.#base.flag(project, flag));
  }

  flags(project: string): Iterable<Live<'flag'>> {
    return this.#many('flag', project, this.#base.flags(project));
  }

  targeting(project: string, flag: string, environment: string): Live<'targeting'> | undefined {
    return this.#one(place.targeting(project, flag, environment), this.#base.targeting(project, flag, environment));
  }

  segment(project: string, segment: string): Live<'segment'> | undefined {
    return this.#one(place.segment(project, segment), this.#base.segment(project, segment));
  }

  segments(project: string): Iterable<Live<'segment'>> {
    return this.#many('segment', project, this.#base.segments(project));
  }

  key(selector: string): Live<'key'> | undefined {
    return this.#one(place.key(selector, null, null), this.#base.key(selector));
  }

  keys(): Iterable<Live<'key'>> {
    return this.#many('key', null, this.#base.keys());
  }

  person(id: string): Live<'person'> | undefined {
    return this.#one(place.person(id), this.#base.person(id));
  }

  #one<K extends Kind>(at: Place<K>, current: Live<K> | undefined): Live<K> | undefined {
    const draft = this.#drafts.get(nameOf(at));
    return draft ? asLive<K>(draft, current) : current;
  }

  /** `project: null` = of all projects. */
  *#many<K extends Kind>(kind: K, project: string | null, current: Iterable<Live<K>>): Iterable<Live<K>> {
    const seen = new Set<string>();
    for (const document of current) {
      seen.add(document.id);
      const draft = this.#drafts.get(nameOf(document));
      const live = draft ? asLive<K>(draft, document) : document;
      if (live) yield live;
    }
    for (const draft of this.#drafts.values()) {
      if (draft.kind !== kind || seen.has(draft.id) || (project !== null && draft.project !== project)) continue;
      const live = asLive<K>(draft, undefined);
      if (live) yield live;
    }
  }
}

function nameOf(at: Pick<Place, 'kind' | 'id'>): string {
  return `${at.kind} ${at.id}`;
}

function asLive<K extends Kind>(draft: Draft, current: Live<K> | undefined): Live<K> | undefined {
  if (draft.body === null) return undefined;
  return { version: 0, revision: 0, ...current, ...draft } as unknown as Live<K>;
}
