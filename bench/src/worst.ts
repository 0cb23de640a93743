/** Runs `worst-case.ts` as it is shipped, bundled: `npm run bench:worst`. */
import { bundleProgram } from './bundle.ts';

await import(await bundleProgram(new URL('./worst-case.ts', import.meta.url)));
