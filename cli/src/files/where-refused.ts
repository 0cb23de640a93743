import type { Impossible, Step } from './plan.ts';
import { pathOf } from './shape.ts';

/** `flags/theme.yaml:12: `, so that what the server refuses is found where it was written. */
export function whereRefused({ source }: Pick<Step | Impossible, 'source'>, path: string | undefined): string {
  if (!source) return '';
  const { file, under } = source;
  return `${file.name}:${file.lineOf([...under, ...pathOf(path ?? '')])}: `;
}
