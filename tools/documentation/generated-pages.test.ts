import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readIndex } from '../indexes.ts';
import { expectedPages, pagesWithoutMode } from './generated-pages.ts';
import { mitigationsInChart, triageChart } from './triage-chart.ts';

test('the generated pages and the chart are current (if not: npm run generate)', () => {
  const stale = expectedPages().filter(({ path, text }) => readIndex(path) !== text);

  expect(stale.map(({ path }) => path)).toEqual([]);
  expect(pagesWithoutMode()).toEqual([]);
});

test('every link between the pages leads to a page', () => {
  const pages = expectedPages().filter(({ path }) => path.endsWith('.md'));
  const names = new Set(pages.map(({ path }) => path.replace(/^.*[/]/, '')));
  const links = pages.flatMap(({ text }) => [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map((match) => match[1] ?? ''));

  expect(links.length).toBeGreaterThan(names.size);
  expect(links.filter((link) => !names.has(link))).toEqual([]);
});

test('the chart names only mitigations that exist', () => {
  expect(mitigationsInChart.filter((id) => !existsSync(new URL(`../../src/mitigations/${id}.ts`, import.meta.url)))).toEqual([]);
});

test('what the chart says fits its boxes in any common font', () => {
  const lines = triageChart.steps.flatMap(({ title, says, exits, fork }) => [
    { text: title, most: 50 },
    { text: says, most: 57 },
    ...exits.map((text) => ({ text, most: 62 })),
    ...fork.flatMap(({ when, leadsTo }) => [
      { text: when, most: 32 },
      { text: leadsTo, most: 80 },
    ]),
  ]);

  expect(lines.filter(({ text, most }) => text.length > most)).toEqual([]);
});
