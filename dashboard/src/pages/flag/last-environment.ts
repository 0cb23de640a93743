const NAME = 'dimmer.environment.';

/** The environment that was open last on a flag of a project, in this browser. Storage may be forbidden: then there is none. */
export function lastEnvironment(project: string): string | null {
  try {
    return localStorage.getItem(NAME + project);
  } catch {
    return null;
  }
}

export function rememberEnvironment(project: string, environment: string): void {
  try {
    localStorage.setItem(NAME + project, environment);
  } catch {
    // The next flag opens in the first environment.
  }
}
