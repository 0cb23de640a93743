import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../http/app-env.ts';
import { answerStored, type StoredBody, storedBody } from '../http/stored-body.ts';

const PATH = '/openapi.json';

/**
 * Serves the OpenAPI 3.1 description of all routes that were registered with one. Open to everybody: it tells no
 * secrets. Made when it is first asked for, because that takes longer than a start should; from then on it is one buffer.
 */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An admin token: `adm_…`, or DIMMER_ADMIN_TOKEN.',
  });
  let description: StoredBody | null = null;
  app.get(PATH, (c) => {
    description ??= storedBody('application/json; charset=utf-8', encoded());
    return answerStored(c, description, 'public, max-age=300');
  });

  function encoded(): Buffer {
    const document = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Dimmer',
        version: '1',
        description: 'Feature flags and dark launches. Errors have stable codes: see docs/errors.md.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
    });
    return Buffer.from(JSON.stringify(document));
  }
}
