import { z } from 'zod';
import { keyBody } from '../documents/key.ts';
import type { Immutable } from '../immutable.ts';
import { documentAnswer } from './document.ts';
import { writeAnswer } from './write.ts';

const keyShape = {
  ...keyBody.shape,
  token: z.string().optional().meta({ description: 'Of browser keys only: they are public.' }),
};

export const key = documentAnswer('Key', keyShape);

/** One in a list. */
export const keyListed = documentAnswer('KeyListed', {
  ...keyShape,
  status: z.enum(['live', 'revoked', 'expired', 'ownerless']),
  lastUsedAt: z.number().int().nullable().meta({ description: 'To the minute; null: never.' }),
});

export const mintedAnswer = writeAnswer(key, {
  token: z.string().meta({ description: 'The whole token. It is shown now and never again (browser keys excepted).' }),
});

export type Key = Immutable<z.output<typeof key>>;
export type KeyListed = Immutable<z.output<typeof keyListed>>;
export type Minted = Immutable<z.output<typeof mintedAnswer>>;
