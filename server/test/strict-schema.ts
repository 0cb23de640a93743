import { z } from 'zod';

/** What zod keeps of a schema, as far as it is walked here. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
}

const made = new WeakMap<z.ZodType, z.ZodType>();

/** The same schema, which refuses at any depth what it does not name: what a client would never learn of. */
export function strictly(schema: z.ZodType): z.ZodType {
  const known = made.get(schema);
  if (known) return known;
  const strict = strict1(schema);
  made.set(schema, strict);
  return strict;
}

function strict1(schema: z.ZodType): z.ZodType {
  const def = schema._zod.def as unknown as Def;
  const changed = (more: object): z.ZodType => z.core.clone(schema, { ...def, ...more } as never) as z.ZodType;
  if (def.shape) {
    const shape = Object.fromEntries(Object.entries(def.shape).map(([name, field]) => [name, strictly(field)]));
    return changed({ shape, catchall: z.never() });
  }
  if (def.element) return changed({ element: strictly(def.element) });
  if (def.innerType) return changed({ innerType: strictly(def.innerType) });
  if (def.options) return changed({ options: def.options.map(strictly) });
  if (def.valueType) return changed({ valueType: strictly(def.valueType) });
  return schema;
}
