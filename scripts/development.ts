import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../data/', import.meta.url).pathname;
const TOKEN_FILE = `${folder}development.token`;

/** The database of `npm run dev`; another one by `DATABASE_URL`. To begin anew, delete the file. */
export const DEVELOPMENT_DATABASE = `file:${folder}development.db`;

/** Where `npm run dev` is opened. `PORT`, default 4400. */
export const DEVELOPMENT_URL = `http://localhost:${process.env.PORT ?? 4400}`;

/** The admin token of `npm run dev`: `DIMMER_ADMIN_TOKEN`, or one that is made once and kept beside the database. */
export function developmentToken(): string {
  if (process.env.DIMMER_ADMIN_TOKEN) return process.env.DIMMER_ADMIN_TOKEN;
  if (!existsSync(TOKEN_FILE)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(TOKEN_FILE, randomBytes(24).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(TOKEN_FILE, 'utf8');
}
