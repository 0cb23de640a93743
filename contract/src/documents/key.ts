import { z } from 'zod';
import { given, instantField, keyField, nameField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { storedRole } from '../roles.ts';

/** `server`: reads a whole ruleset; `browser`: public, reads what browsers may see; `admin`: uses the admin API. */
const keyKindField = z.enum(['server', 'browser', 'admin']);

/** What opens an environment to SDKs, or this API to somebody. The hash of its secret is the server's alone. */
export const keyBody = z
  .object({
    kind: keyKindField,
    /** Of admin tokens: what they may do. Absent: everything. A name, because a newer server may know more of them. */
    role: given(storedRole),
    name: nameField,
    /** `null` (admin tokens only): every project. */
    project: keyField.nullable(),
    /** `null` (admin tokens only): every environment. */
    environment: keyField.nullable(),
    /** The public half of the token, by which it is looked up. */
    selector: z.string(),
    /**
     * Of admin tokens: whose they are, by the person's id. They can do what that person may do now. `null`: nobody's, as
     * of the first start. Absent: made by an earlier version.
     */
    owner: given(z.string().nullable()),
    createdAt: instantField,
    createdBy: z.string(),
    expiresAt: instantField.nullable(),
    revokedAt: instantField.nullable(),
    /** Selector of the key that this one was made to follow. */
    replaces: z.string().nullable(),
  })
  .meta({ id: 'KeyBody' });
export type KeyBody = Immutable<z.output<typeof keyBody>>;
export type KeyKind = KeyBody['kind'];
