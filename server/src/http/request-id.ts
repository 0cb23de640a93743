import type { Context } from 'hono';
import { newId } from '../change-log/new-id.ts';
import type { AppEnv } from './app-env.ts';

/** Gives every request a name, by which its answer and the log's lines about it can be brought together. */
export async function nameRequest(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  c.set('requestId', newId());
  await next();
}
