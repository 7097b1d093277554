import { existsSync, readdirSync } from 'node:fs';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import type { GeneratedIndex } from '../indexes.ts';
import { drawFlowChart } from './draw-flow-chart.ts';
import { failureModePages } from './failure-mode-pages.ts';
import { triageChart } from './triage-chart.ts';

const pagesFolder = 'docs/failure-modes';

/** What the generated pages and pictures must say. */
export function expectedPages(): readonly GeneratedIndex[] {
  const groups = groupsByMode();
  const pages = failureModePages(catalogue.map((mode) => ({ mode, group: groups.get(mode.id) ?? 'other' })));
  return [
    ...pages.map(({ name, text }) => ({ path: `${pagesFolder}/${name}`, text })),
    { path: 'docs/triage.svg', text: drawFlowChart(triageChart) },
  ];
}

/** Pages on disk about failure modes that are gone. */
export function pagesWithoutMode(): readonly string[] {
  const folder = new URL(`../../${pagesFolder}/`, import.meta.url);
  const expected = new Set(expectedPages().map(({ path }) => path));
  const there = existsSync(folder) ? readdirSync(folder).map((name) => `${pagesFolder}/${name}`) : [];
  return there.filter((path) => !expected.has(path));
}

function groupsByMode(): ReadonlyMap<string, string> {
  const paths = readdirSync(new URL('../../src/catalogue/', import.meta.url), { recursive: true, encoding: 'utf8' });
  return new Map(
    paths.flatMap((path) => {
      const [, group, id] = /^([^/]+)[/]([^/]+)[.]ts$/.exec(path) ?? [];
      return group === undefined || id === undefined ? [] : [[id, group] as const];
    }),
  );
}
