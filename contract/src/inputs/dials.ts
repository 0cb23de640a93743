import { z } from 'zod';
import { DIAL_NAMES, dialsShape } from '../documents/dials.ts';
import { given } from '../fields.ts';

/** Only what is sent is changed; `null` gives a dial back to the code. */
export const dialsInput = z.strictObject(
  Object.fromEntries(DIAL_NAMES.map((name) => [name, given(dialsShape[name].nullable() as z.ZodType)])),
);
