import type { Environment } from './projects.ts';

/** Whether a slip here is felt by customers: it is protected, or is called as people call where customers are. */
export function isGuarded({ key, protected: isProtected }: Pick<Environment, 'key' | 'protected'>): boolean {
  return isProtected || /^(prod|production|live)$/i.test(key);
}
