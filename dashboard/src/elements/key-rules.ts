const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** What is wrong with the key of a new thing, in the server's words; `null`: nothing. */
export function keyProblem(key: string): string | null {
  if (KEY.test(key)) return null;
  return 'Keys have 1 to 128 letters, digits, dots, dashes or underscores and do not begin with a dot or dash.';
}
