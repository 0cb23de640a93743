const USUAL = ['dev', 'development', 'test', 'testing', 'qa', 'staging', 'preprod', 'prod', 'production', 'live'];
const BETWEEN = USUAL.indexOf('staging') - 0.5;

/**
 * Environments in the one order in which all screens and lists have them: as code travels, development first and
 * production last. Those with other names stand before staging, by key.
 */
export function inOrderOfUse<Environment>(
  environments: Iterable<Environment>,
  keyOf: (environment: Environment) => string,
): Environment[] {
  const rank = (environment: Environment): number => {
    const index = USUAL.indexOf(keyOf(environment).toLowerCase());
    return index < 0 ? BETWEEN : index;
  };
  return [...environments].sort(
    (one, other) => rank(one) - rank(other) || (keyOf(one) < keyOf(other) ? -1 : keyOf(one) > keyOf(other) ? 1 : 0),
  );
}
