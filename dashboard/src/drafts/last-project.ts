const NAME = 'dimmer.project';

/** The project that was open last in this browser. Storage may be forbidden; then there is none. */
export function lastProject(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

export function rememberProject(project: string): void {
  try {
    localStorage.setItem(NAME, project);
  } catch {
    // The next visit begins with the first project.
  }
}
