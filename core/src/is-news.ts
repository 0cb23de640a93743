/** How much is said of one kind: who reads a log must not be buried. */
const MAX_SAID = 50;

/** Whether something has not been said yet, nor too much else, and so is to be said. Notes it in `said`. */
export function isNews(said: Set<string>, what: string): boolean {
  return said.size < MAX_SAID && !said.has(what) && !!said.add(what);
}
