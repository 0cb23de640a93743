import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../http/app-env.ts';

const PATH = '/openapi.json';

/**
 * Serves the OpenAPI 3.1 description of all routes that were registered with one. Open to everybody: it tells no
 * secrets. Made when it is first asked for, because that takes longer than a start should.
 */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    ...{ type: 'http', scheme: 'bearer', description: 'An admin token: `adm_…`, or DIMMER_ADMIN_TOKEN.' },
  });
  let description: object | null = null;
  app.get(PATH, (c) => {
    description ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Dimmer',
        version: '1',
        description: 'Feature flags and dark launches. Errors have stable codes: see docs/errors.md.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
    });
    return c.json(description);
  });
}
