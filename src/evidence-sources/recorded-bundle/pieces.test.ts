import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, test } from 'vitest';
import type { LogName } from '../../recording-format/recording-paths.ts';
import { byteTail } from './byte-tail.ts';
import { jsonPieces } from './json-pieces.ts';
import { logSections } from './log-sections.ts';
import type { Pieces, PieceSink } from './pieces.ts';
import { yamlPieces } from './yaml-pieces.ts';

const limits = { objectBytes: 10_000_000, partBytes: 10_000_000 };

interface Seen {
  readonly items: unknown[];
  readonly documents: unknown[];
  readonly complaints: string[];
  readonly logs: (readonly [LogName['container'], string])[];
}

/** What comes out of a text that arrives cut at these shares of its length. */
function cutInto(text: string, shares: readonly number[], make: (sink: PieceSink) => Pieces): Seen {
  const seen: Seen = { items: [], documents: [], complaints: [], logs: [] };
  const pieces = make({
    item: (value) => seen.items.push(value),
    document: (value) => seen.documents.push(value),
    complain: (complaint) => seen.complaints.push(complaint),
    listBegins: () => undefined,
    log: (name, log) => seen.logs.push([name.container, log]),
  });
  const bytes = Buffer.from(text);
  const cuts = [...shares.map((share) => Math.floor(share * bytes.length)), bytes.length].toSorted((one, other) => one - other);
  let start = 0;
  for (const cut of cuts) {
    if (cut > start && !pieces.push(bytes.subarray(start, cut))) return seen;
    start = Math.max(start, cut);
  }
  pieces.end();
  return seen;
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
const object = fc.dictionary(fc.constantFrom('kind', 'items', 'a"b', 'ü', '\\'), fc.jsonValue(), { maxKeys: 3 });

test('However JSON is cut, a list comes out element by element', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), shares, fc.boolean(), (items, cuts, isIndented) => {
      const list = { apiVersion: 'v1', items, kind: 'List', metadata: { items: ['not these'] } };
      const seen = cutInto(JSON.stringify(list, undefined, isIndented ? 2 : 0), cuts, (sink) => jsonPieces(sink, limits));
      expect(seen).toEqual({ items: JSON.parse(JSON.stringify(items)), documents: [{ ...list, items: [] }], complaints: [], logs: [] });
    }),
  );
});

test('However JSON is cut, values that follow each other come out one by one', () => {
  fc.assert(
    fc.property(
      fc.array(
        object.filter((each) => !Array.isArray(each['items'])),
        { minLength: 1, maxLength: 4 },
      ),
      shares,
      (values, cuts) => {
        const seen = cutInto(values.map((value) => JSON.stringify(value)).join('\n'), cuts, (sink) => jsonPieces(sink, limits));
        expect(seen).toEqual({ items: [], documents: JSON.parse(JSON.stringify(values)), complaints: [], logs: [] });
      },
    ),
  );
});

test('However JSON is cut, the elements of a bare list come out one by one', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), shares, (values, cuts) => {
      const seen = cutInto(JSON.stringify(values), cuts, (sink) => jsonPieces(sink, limits));
      expect(seen).toEqual({ items: JSON.parse(JSON.stringify(values)), documents: [[]], complaints: [], logs: [] });
    }),
  );
});

const yamlObject = fc.dictionary(
  fc.constantFrom('kind', 'spec', 'text', 'n'),
  fc.oneof(
    fc.string(),
    fc.integer(),
    fc.array(fc.constantFrom('- a', 'b: c', '---', 'x\n- y\n')),
    fc.constant('line\n\n  deeper\n- dash\n'),
  ),
  { maxKeys: 4 },
);

test('However YAML is cut, its documents come out one by one', () => {
  fc.assert(
    fc.property(fc.array(yamlObject, { minLength: 1, maxLength: 4 }), shares, (documents, cuts) => {
      const text = documents.map((document) => `---\n${dump(document)}`).join('');
      const seen = cutInto(text, cuts, (sink) => yamlPieces(sink, limits));
      expect(seen).toEqual({ items: [], documents, complaints: [], logs: [] });
    }),
  );
});

test('A long YAML list comes out in batches, and loses nothing', () => {
  const items = Array.from({ length: 3000 }, (_, number) => ({
    kind: 'Pod',
    metadata: { name: `web-${number}`, note: `- not an item\n\n${'x'.repeat(900)}` },
  }));
  const seen = cutInto(dump({ apiVersion: 'v1', items, kind: 'List' }), [0.3, 0.31, 0.8], (sink) => yamlPieces(sink, limits));
  expect([seen.items, seen.documents, seen.complaints]).toEqual([items, [{ apiVersion: 'v1', items: [], kind: 'List' }], []]);
  const bare = cutInto(dump(items), [0.5], (sink) => yamlPieces(sink, limits));
  expect([bare.items, bare.documents, bare.complaints]).toEqual([items, [[]], []]);
});

test('However a dump is cut, its logs are taken out and its objects stay whole', () => {
  const words = fc.array(fc.constantFrom('==== START', 'plain', '{"a":1}', '=', '==== END logs for container app of pod', '\n'), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(words, shares, (body, cuts) => {
      const log = `${body.join(' ')}\n`;
      const mark = (which: string): string => `==== ${which} logs for container app of pod shop/web-1 ====\n`;
      const text = `{"one":"\\n==== START logs for container x of pod a/b ===="}\n${mark('START')}${log}${mark('END')}{"two":2}\n`;
      const seen = cutInto(text, cuts, (sink) => logSections(jsonPieces(sink, limits), sink));
      expect(seen).toEqual({
        items: [],
        documents: [{ one: '\n==== START logs for container x of pod a/b ====' }, { two: 2 }],
        complaints: [],
        logs: [['app', log]],
      });
    }),
  );
});

test('A value beyond the limit is left out, and the next one is read', () => {
  const text = JSON.stringify({ items: [{ a: 'x'.repeat(100) }, { b: 1 }] });
  const seen = cutInto(text, [0.5], (sink) => jsonPieces(sink, { ...limits, objectBytes: 50 }));
  expect([seen.items, seen.complaints]).toEqual([[{ b: 1 }], ['a value in it is too large and was left out']]);
});

test('The tail of a stream is its end, from the beginning of a line', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 30 }), fc.integer({ min: 1, max: 100 }), (chunks, limitBytes) => {
      const tail = byteTail(limitBytes);
      for (const chunk of chunks) tail.add(Buffer.from(chunk));
      const whole = chunks.join('');
      expect(whole.isWellFormed() ? whole.endsWith(tail.text()) || Buffer.byteLength(whole) > limitBytes : true).toBe(true);
      if (Buffer.byteLength(whole) <= limitBytes && whole.isWellFormed())
        expect(tail.text().replace(/^\ufeff/, '')).toBe(whole.replace(/^\ufeff/, ''));
      expect(Buffer.byteLength(tail.text())).toBeLessThanOrEqual(3 * limitBytes);
    }),
  );
});
