import type { Change, Head } from '../changes/change.ts';
import { GENESIS } from '../changes/change.ts';
import { type Document, type Kind, type Live, type Place, place } from '../documents/document.ts';
import { turn } from '../turn.ts';
import type { Documents } from './documents.ts';
import { laterOf, type Moment, NEVER, touches } from './moment.ts';
import { Shelf } from './shelf.ts';

/** In one turn of the event loop: streams are served by the state of before while another one is read. */
const SHELVED_AT_ONCE = 1_000;

type Shelves = { readonly [K in Kind]: Shelf<K> };

/** Projection of the log: the documents of this node in memory, as of `head`. Only `apply` and `become` change it. */
export class State implements Documents {
  #shelves: Shelves = {
    project: new Shelf(),
    environment: new Shelf(),
    flag: new Shelf(),
    targeting: new Shelf(),
    segment: new Shelf(),
    key: new Shelf(),
    person: new Shelf(),
    invitation: new Shelf(),
    'change-request': new Shelf(),
  };
  /** Last moment by scope: `project` for what all its environments share, `project/environment` for one alone. */
  #moments = new Map<string, Moment>();
  #head: Head = GENESIS;

  /**
   * @param documents all that is current, tombstones included
   * @param momentOf the hash and time of a revision; asked only for revisions that some environment's id is made of
   */
  static async from(
    head: Head,
    documents: readonly Document[],
    momentOf: (revision: number) => Promise<Moment>,
  ): Promise<State> {
    const state = new State();
    const newest = new Map<string, number>();
    for (const [index, document] of documents.entries()) {
      if (index % SHELVED_AT_ONCE === SHELVED_AT_ONCE - 1) await turn();
      state.#shelf(document).put(document);
      const scope = scopeOf(document);
      if (scope !== null) newest.set(scope, Math.max(newest.get(scope) ?? 0, document.revision));
    }
    for (const [scope, revision] of newest) state.#moments.set(scope, await momentOf(revision));
    state.#head = head;
    return state;
  }

  get head(): Head {
    return this.#head;
  }

  /** Takes the next change in. Changes come in order, without gaps. */
  apply(change: Change): void {
    if (change.revision !== this.#head.revision + 1) {
      throw new Error(`Change ${change.revision} cannot follow revision ${this.#head.revision}.`);
    }
    const moment: Moment = { revision: change.revision, hash: change.hash, at: change.at };
    for (const write of change.writes) {
      const document = { ...write, revision: change.revision } as Document;
      this.#shelf(document).put(document);
      const scope = scopeOf(document);
      if (scope !== null) this.#moments.set(scope, moment);
    }
    this.#head = { revision: change.revision, hash: change.hash };
  }

  /** Takes the place of what this node knew, where the database turns out to hold another history. */
  become(other: State): void {
    this.#shelves = other.#shelves;
    this.#moments = other.#moments;
    this.#head = other.#head;
  }

  /** The change that last touched an environment; its id is the id of the environment's ruleset. */
  moment(project: string, environment: string): Moment {
    const shared = this.#moments.get(project) ?? NEVER;
    const own = this.#moments.get(place.environment(project, environment).id) ?? NEVER;
    return laterOf(own, shared);
  }

  /** Any document, tombstones too. */
  document<K extends Kind>(at: Pick<Place<K>, 'kind' | 'id'>): Document<K> | undefined {
    return (this.#shelves[at.kind] as Shelf<K>).document(at.id);
  }

  *documents(): Iterable<Document> {
    for (const shelf of Object.values(this.#shelves)) yield* shelf.documents() as Iterable<Document>;
  }

  project(project: string): Live<'project'> | undefined {
    return this.#shelves.project.live(project);
  }

  projects(): Iterable<Live<'project'>> {
    return this.#shelves.project.allLive();
  }

  environment(project: string, environment: string): Live<'environment'> | undefined {
    return this.#shelves.environment.live(place.environment(project, environment).id);
  }

  environments(project: string): Iterable<Live<'environment'>> {
    return this.#shelves.environment.liveOf(project);
  }

  flag(project: string, flag: string): Live<'flag'> | undefined {
    return this.#shelves.flag.live(place.flag(project, flag).id);
  }

  flags(project: string): Iterable<Live<'flag'>> {
    return this.#shelves.flag.liveOf(project);
  }

  targeting(project: string, flag: string, environment: string): Live<'targeting'> | undefined {
    return this.#shelves.targeting.live(place.targeting(project, flag, environment).id);
  }

  segment(project: string, segment: string): Live<'segment'> | undefined {
    return this.#shelves.segment.live(place.segment(project, segment).id);
  }

  segments(project: string): Iterable<Live<'segment'>> {
    return this.#shelves.segment.liveOf(project);
  }

  key(selector: string): Live<'key'> | undefined {
    return this.#shelves.key.live(selector);
  }

  keys(): Iterable<Live<'key'>> {
    return this.#shelves.key.allLive();
  }

  person(id: string): Live<'person'> | undefined {
    return this.#shelves.person.live(id);
  }

  people(): Iterable<Live<'person'>> {
    return this.#shelves.person.allLive();
  }

  invitation(id: string): Live<'invitation'> | undefined {
    return this.#shelves.invitation.live(id);
  }

  invitations(): Iterable<Live<'invitation'>> {
    return this.#shelves.invitation.allLive();
  }

  changeRequest(project: string, id: string): Live<'change-request'> | undefined {
    return this.#shelves['change-request'].live(place.changeRequest(project, id, null).id);
  }

  changeRequests(project: string): Iterable<Live<'change-request'>> {
    return this.#shelves['change-request'].liveOf(project);
  }

  /** Documents of kinds that only a newer server knows are kept as well: it may share the database. */
  #shelf(document: Document): Shelf<Kind> {
    const shelves = this.#shelves as unknown as Record<string, Shelf<Kind>>;
    return (shelves[document.kind] ??= new Shelf());
  }
}

/** Which ids a write moves; agrees with `touches`, which a test compares. */
function scopeOf(write: Place): string | null {
  if (write.project === null) return null;
  if (write.environment === null) return touches(write, write.project, '') ? write.project : null;
  return touches(write, write.project, write.environment) ? `${write.project}/${write.environment}` : null;
}
