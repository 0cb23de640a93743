/**
 * The element with this id.
 *
 * @throws Error if the page has none of this kind: a mistake in `index.html`, seen at once and not at the first change.
 */
export function element<Kind extends HTMLElement>(id: string, kind: abstract new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with id "${id}".`);
  return found;
}
