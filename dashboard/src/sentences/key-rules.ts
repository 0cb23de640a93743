const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** What is wrong with the key of a new thing, in the server's words; `null`: nothing. */
export function keyProblem(key: string): string | null {
  if (KEY.test(key)) return null;
  return 'Keys have 1 to 128 letters, digits, dots, dashes or underscores and do not begin with a dot or dash.';
}

/** A key for a name: `New checkout (V2)` → `new-checkout-v2`. */
export function suggestKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 128)
    .replace(/[.-]+$/, '');
}
