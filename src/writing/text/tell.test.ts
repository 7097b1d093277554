import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Investigation } from '../../domain/investigation.ts';
import { exampleInvestigation } from '../example-investigation.ts';
import { cannotTellInvestigation, healthyInvestigation, hostileInvestigation } from '../example-outcomes.ts';
import { type Layout, type Palette, plainPalette } from '../layout.ts';
import { nothingTold, type Tellable, tell, writeMonologue } from './tell.ts';

const plain: Layout = { columns: 96, palette: plainPalette };

function tellAll(happenings: readonly Tellable[], layout = plain): readonly string[] {
  let told = nothingTold;
  return happenings.flatMap((each) => {
    const telling = tell(each, told, layout);
    told = telling.told;
    return telling.lines;
  });
}

function happeningsOf(investigation: Investigation): readonly Tellable[] {
  const { startedAt, cluster, alert, thoughts, mitigations } = investigation;
  const early = thoughts.findLastIndex((thought) => thought.phase === 'mitigate') + 1;
  const name = alert.name;
  return [
    { kind: 'started', at: startedAt, cluster, alert: name === undefined ? undefined : { name, summary: name } },
    ...thoughts.slice(0, early).map((thought) => ({ kind: 'thought' as const, thought })),
    { kind: 'mitigations', mitigations },
    ...thoughts.slice(early).map((thought) => ({ kind: 'thought' as const, thought })),
    { kind: 'finished', investigation },
  ];
}

describe('the monologue', () => {
  test.each([
    ['explained', exampleInvestigation],
    ['cannot-tell', cannotTellInvestigation],
    ['healthy', healthyInvestigation],
  ] as const)('of an investigation that ends %s reads as it should', async (outcome, investigation) => {
    await expect(`${writeMonologue(investigation, plain).join('\n')}\n`).toMatchFileSnapshot(`../golden/monologue-${outcome}.txt`);
  });

  test('numbers what it tells without a gap, whatever there was to tell', () => {
    for (const investigation of [exampleInvestigation, cannotTellInvestigation, healthyInvestigation]) {
      const numbers = writeMonologue(investigation, plain).flatMap((line) => /^── (\d) · /.exec(line)?.[1] ?? []);
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers).toEqual(numbers.map((_number, index) => String(index + 1)));
    }
  });

  test('is the same told while it happens and told afterwards', () => {
    expect(tellAll(happeningsOf(exampleInvestigation))).toEqual(writeMonologue(exampleInvestigation, plain));
  });

  test('says what stops the bleeding before it says why', () => {
    const lines = tellAll(happeningsOf(exampleInvestigation).slice(0, -1));

    expect(lines.findIndex((line) => line.includes('kubectl cordon node-worker-3'))).toBeGreaterThan(0);
    expect(lines.findIndex((line) => line.includes('kubectl cordon node-worker-3'))).toBeLessThan(
      lines.findIndex((line) => line.includes('· Why?')),
    );
  });

  test('prints every thought once, also those that nobody announced', () => {
    const [opening, ...rest] = happeningsOf(exampleInvestigation);
    const lines = tellAll([...(opening === undefined ? [] : [opening]), ...rest.slice(0, 3), ...rest.slice(-1)]);

    for (const { question } of exampleInvestigation.thoughts) expect(lines.filter((line) => line === question)).toHaveLength(1);
  });

  test('takes back in words what it no longer advises', () => {
    const [plan] = exampleInvestigation.mitigations;
    const lines = tellAll([
      { kind: 'mitigations', mitigations: plan === undefined ? [] : [plan] },
      { kind: 'finished', investigation: { ...exampleInvestigation, mitigations: [] } },
    ]);

    expect(lines.join('\n')).toContain('! No longer advised, now that more is known: Cordon node-worker-3');
  });

  test('there is one thing to do first; what is found out to be possible later stands apart', () => {
    const [plan] = exampleInvestigation.mitigations;
    if (plan === undefined) throw new Error('The example has no plan.');
    const other = { ...plan, id: 'raise-memory-limit', title: 'Raise the limit' };
    const titlesOf = (later: readonly (typeof plan)[]): readonly string[] =>
      tellAll([
        { kind: 'mitigations', mitigations: [plan] },
        { kind: 'mitigations', mitigations: later },
      ]).flatMap((line) => /^━━ ([^━]+) ━/.exec(line)?.[1] ?? []);

    expect(titlesOf([plan, other])).toEqual(['Do this first', 'Also possible']);
    expect(titlesOf([other, plan])).toEqual(['Do this first', 'Rather this, now that more is known']);
  });

  test('prints a plan again when its preconditions turned out otherwise', () => {
    const blocked = exampleInvestigation.mitigations.map((plan) => ({
      ...plan,
      blocked: true,
      preconditions: [{ claim: 'There is room elsewhere', holds: 'no' as const }],
    }));
    const lines = tellAll([
      { kind: 'mitigations', mitigations: exampleInvestigation.mitigations },
      { kind: 'finished', investigation: { ...exampleInvestigation, mitigations: blocked } },
    ]);

    expect(lines.filter((line) => line.includes('Do this first'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('━━ Not yet'))).toHaveLength(1);
    expect(lines).toContain('  then run    # kubectl cordon node-worker-3');
    expect(lines.join('\n')).not.toContain('First: ');
  });
});

describe('whatever a cluster says', () => {
  const paint = (text: string): string => `\u001b[1m${text}\u001b[0m`;
  const palette: Palette = { heading: paint, strong: paint, faint: paint, command: paint, good: paint, bad: paint, doubtful: paint };

  test('no escape sequence but our own colours reaches the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 1, max: 200 }), (text, columns) => {
        const evil = `\u001b[2J\u001b]0;owned\u0007${text}\u009b1A\r\u202e`;
        const screen = tellAll(happeningsOf(hostileInvestigation(evil)), { columns, palette }).join('\n');

        expect(screen.replaceAll('\u001b[1m', '').replaceAll('\u001b[0m', '')).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('a command to copy stays on its own line', () => {
    const screen = tellAll(happeningsOf(hostileInvestigation('x\nrm -rf /')));

    expect(screen.filter((line) => line.trim().startsWith('rm '))).toEqual([]);
  });
});

test('a narrow terminal breaks prose and leaves commands whole', () => {
  const lines = writeMonologue(exampleInvestigation, { columns: 40, palette: plainPalette });
  const tooWide = lines.filter((line) => line.length > 40);

  expect(tooWide.filter((line) => !/kubectl|ssh|curl|stanch|printed, nothing was executed|^──/.test(line))).toEqual([]);
});

test('a cause whose rule no real cluster has shown says so, and no other does', () => {
  const hypotheses = exampleInvestigation.hypotheses.map((each) => ({ ...each, proven: false }));
  const saysSo = (investigation: Investigation): number =>
    writeMonologue(investigation, { columns: 200, palette: plainPalette }).filter((line) => line.includes('Unproven:')).length;

  expect([saysSo({ ...exampleInvestigation, hypotheses }), saysSo(exampleInvestigation)]).toEqual([1, 0]);
});
