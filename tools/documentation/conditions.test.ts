import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/catalogue/index.generated.ts';

const page = new URL('../../docs/conditions.md', import.meta.url);
const links = [...readFileSync(page, 'utf8').matchAll(/\]\(((?:failure-modes|\.\.\/recordings)\/[^)]+)\)/g)].map((match) => match[1] ?? '');

test('every failure mode and every recording that the page of conditions leads to is there', () => {
  const ids = new Set(catalogue.map(({ id }) => id));
  const modes = links.filter((link) => link.startsWith('failure-modes/')).map((link) => link.replace(/^failure-modes\/|\.md$/g, ''));

  expect(modes.length).toBeGreaterThan(20);
  expect(modes.filter((id) => !ids.has(id))).toEqual([]);
  expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([]);
});
