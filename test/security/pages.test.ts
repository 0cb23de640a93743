import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../../dashboard', import.meta.url).pathname;

/** Ways to make a page of a text, or a program. */
const WAYS_ROUND =
  /dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc|\beval\(|new Function\(|javascript:/i;

describe('T14 The pages of the dashboard', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

  it('put no text into a page as anything but text', () => {
    expect(sources.length).toBeGreaterThan(50);
    const wrong = sources.filter((path) => WAYS_ROUND.test(readFileSync(path, 'utf8')));
    expect(wrong.map((path) => relative(root, path))).toEqual([]);
  });

  it('have no script of their own in them, nor anything from elsewhere', () => {
    const page = readFileSync(join(root, 'index.html'), 'utf8');
    const scripts = [...page.matchAll(/<script\b([^>]*)>([^<]*)<\/script>/g)];
    for (const [, attributes, content] of scripts) {
      expect(attributes).toMatch(/src="\//);
      expect(content).toBe('');
    }
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toMatch(/\son\w+=/);
  });
});
