import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { AppEnv } from '../http/app-env.ts';
import { newNonce, pageHeaders } from '../http/page-headers.ts';
import { answerStored, type StoredBody, storedBody } from '../http/stored-body.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Of the viewer; the build puts them beside the server. */
const VIEWER = { 'swagger-ui-bundle.js': SCRIPT, 'swagger-ui.css': STYLE } as const;

/** Addresses are relative, so that the page works below any path of a proxy. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Dimmer API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="openapi/swagger-ui.css">
<link rel="stylesheet" href="openapi/page.css">
</head>
<body>
<main id="reference"><noscript>This page needs scripts. The same as JSON: <a href="openapi.json">openapi.json</a></noscript></main>
<script src="openapi/swagger-ui-bundle.js"></script>
<script src="openapi/page.js"></script>
</body>
</html>
`;

/** It shows and sends nothing: a reader who is signed in must not change production from a page for reading. */
const START = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  supportedSubmitMethods: [],
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** Nobody authorises here; long words break; the viewer leaves the page itself white in the dark. */
const LOOK = `body { margin: 0; }
html.dark-mode, html.dark-mode body { background: #1c2022; }
.swagger-ui .scheme-container, .swagger-ui .authorization__btn { display: none; }
.swagger-ui .wrapper { padding: 0 16px; }
.swagger-ui .opblock-summary-path { overflow-wrap: anywhere; word-break: normal; }
@media (max-width: 640px) {
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock-summary-description { flex-basis: 100%; padding: 4px 0; }
  .swagger-ui .opblock-body { overflow-x: auto; }
}
`;

// Why: decision 0182.
/**
 * `/openapi`: the description of the API for people, who need not be signed in, as `/openapi.json` is open too. Swagger
 * UI, from the folder beside the server: nothing comes from another host. `null`: it has not been built.
 *
 * @param folder what `npm run build` made
 */
export function referencePage(folder: string): Hono<AppEnv> | null {
  if (!Object.keys(VIEWER).every((name) => existsSync(join(folder, name)))) return null;
  const files = new Map<string, () => StoredBody>([
    ...Object.entries(VIEWER).map(
      ([name, type]) => [name, once(() => storedBody(type, readFileSync(join(folder, name))))] as const,
    ),
    ['page.js', once(() => storedBody(SCRIPT, Buffer.from(START)))],
    ['page.css', once(() => storedBody(STYLE, Buffer.from(LOOK)))],
  ]);
  return new Hono<AppEnv>()
    .get('/', (c) => c.html(PAGE, 200, pageHeaders(newNonce())))
    .get('/:file', (c, next) => {
      const file = files.get(c.req.param('file'));
      return file ? Promise.resolve(answerStored(c, file(), 'public, max-age=3600')) : next();
    });
}

/** Two megabytes that few servers are ever asked for are read and compressed when somebody asks, and kept. */
function once(make: () => StoredBody): () => StoredBody {
  let made: StoredBody | undefined;
  return () => (made ??= make());
}
