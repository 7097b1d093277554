import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { composition } from '../compose/compose.ts';
import type { Investigation } from '../domain/investigation.ts';
import { exampleInvestigation } from '../writing/example-investigation.ts';
import { cannotTellInvestigation, healthyInvestigation } from '../writing/example-outcomes.ts';
import { investigationShape } from './investigation-schema.ts';

const root = new URL('../../', import.meta.url);
const published = 'schemas/investigation.v1.schema.json';

const recordings = readdirSync(new URL('recordings/', root)).flatMap((mode) =>
  readdirSync(new URL(`recordings/${mode}/`, root)).map((name) => `recordings/${mode}/${name}`),
);

async function investigate(recording: string): Promise<Investigation> {
  const options = { recording: new URL(recording, root).pathname, lookBackMilliseconds: 86_400_000, budgetSeconds: 60 };
  const result = await composition.runInvestigation(options, { announce: () => undefined }, new AbortController().signal);
  if (result.state === 'failed') throw new Error(`${result.attempted}: ${result.happened}`);
  return result.investigation;
}

test('the published schema is the one that the program has', async () => {
  const schema = { $id: 'https://stanch.dev/investigation/v1', ...z.toJSONSchema(investigationShape) };

  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../${published}`);
});

test('the published schema is read by a JSON Schema reader that has never seen ours', () => {
  const reader = z.fromJSONSchema(readPublished());

  expect(reader.safeParse(exampleInvestigation).success).toBe(true);
  expect(reader.safeParse({ ...exampleInvestigation, outcome: 'fine' }).success).toBe(false);
  expect(reader.safeParse({ ...exampleInvestigation, alert: { verdict: 'real', because: [{ says: 'so', citing: [] }] } }).success).toBe(
    false,
  );
  expect(reader.safeParse({ ...exampleInvestigation, added: 'later' }).success).toBe(true);
});

test('the page about the contract names every field of it', () => {
  const page = readFileSync(new URL('docs/json-contract.md', root), 'utf8');

  expect(Object.keys(investigationShape.shape).filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
});

describe('an investigation says nothing that the contract does not name', () => {
  const complaints = (investigation: Investigation): readonly unknown[] => {
    const strict = z.fromJSONSchema(
      JSON.parse(JSON.stringify(readPublished()).replaceAll('"additionalProperties":{}', '"additionalProperties":false')),
    );
    return strict.safeParse(JSON.parse(JSON.stringify(investigation))).error?.issues ?? [];
  };

  test.each([
    ['explained', exampleInvestigation],
    ['cannot tell', cannotTellInvestigation],
    ['healthy', healthyInvestigation],
  ])('in the example that ends %s', (_outcome, investigation) => {
    expect(complaints(investigation)).toEqual([]);
    expect(complaints({ ...investigation, surprise: true } as Investigation)).not.toEqual([]);
  });

  test.each(recordings)('in %s, and cites only evidence that is there', async (recording) => {
    const investigation = await investigate(recording);

    expect(complaints(investigation)).toEqual([]);
    expect(citedIn(investigation).filter((id) => !Object.hasOwn(investigation.evidence, id))).toEqual([]);
  });
});

function readPublished(): Parameters<typeof z.fromJSONSchema>[0] {
  return JSON.parse(readFileSync(new URL(published, root), 'utf8'));
}

function citedIn(investigation: Investigation): readonly string[] {
  const cited: string[] = [];
  JSON.parse(JSON.stringify(investigation), (key, value: unknown) => {
    if (key === 'citing' && Array.isArray(value)) cited.push(...value);
    return value;
  });
  return cited;
}
