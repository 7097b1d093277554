import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApiObject, type ResourceName, resourceNames, resources } from '../../domain/kubernetes/resources.ts';
import {
  flag,
  freeText,
  freeTextMap,
  instant,
  list,
  maybe,
  number,
  section,
  type Shape,
  text,
  textList,
  textMap,
} from '../../domain/shape.ts';
import { rawPages, shapedPages } from './list-page.ts';

const shape = section({
  text,
  freeText,
  number,
  flag,
  instant,
  textMap,
  freeTextMap,
  textList,
  inner: section({ text, list: list(number) }),
  maybe: maybe({ text, map: textMap }),
  list: list(section({ name: text, value: freeText, flag })),
});

const odd = fc.constantFrom(
  '',
  'a',
  'ab',
  'a"b\\c',
  'ü',
  '💥',
  '\u0000',
  '{"a":[',
  'password=hunter2',
  '2026-03-01T10:00:00Z',
  '2026-03-01T10:00:01Z',
  0,
  1,
  12,
  -1.5e-7,
  true,
  false,
  null,
);
const leaf = fc.oneof({ weight: 5, arbitrary: odd }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
const map = fc.dictionary(fc.constantFrom('a', 'b"c', 'é', 'token'), leaf, { maxKeys: 3 });
const item = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: leaf, value: leaf, flag: leaf, other: leaf }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: leaf },
);
const object = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record(
      {
        text: leaf,
        freeText: leaf,
        number: leaf,
        flag: leaf,
        instant: leaf,
        textMap: fc.oneof(map, leaf),
        freeTextMap: map,
        textList: fc.array(leaf, { maxLength: 3 }),
        inner: fc.oneof(fc.record({ text: leaf, list: fc.array(leaf, { maxLength: 3 }) }, { requiredKeys: [] }), leaf),
        maybe: fc.oneof(fc.record({ text: leaf, map }, { requiredKeys: [] }), leaf),
        list: fc.oneof(fc.array(item, { maxLength: 12 }), leaf),
        unknown: leaf,
        other: fc.oneof(map, leaf),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: leaf },
);
const pages = fc.array(fc.array(object, { maxLength: 6 }), { maxLength: 3 });
const indentation = fc.constantFrom(undefined, 1, '\t', '\r\n ');

function bodyOf(items: unknown, indent?: number | string): Buffer {
  return Buffer.from(
    JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { continue: 'more', remainingItemCount: 3 }, items }, null, indent),
  );
}

describe('reading a page straight to shapes', () => {
  test('gives what parsing it and reading each object gives, page after page', () => {
    fc.assert(
      fc.property(pages, indentation, (given, indent) => {
        const read = shapedPages(shape);
        for (const items of given) {
          const body = bodyOf(items, indent);
          const expected = rawPages(body);

          expect(read(body)).toStrictEqual({ ...expected, items: expected.items?.map((raw) => shape.read(raw)) });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('gives fields in the order of the shape, whatever the order in the text', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 4 }), (items) => {
        const reversed = items.map((each) =>
          typeof each === 'object' && each !== null && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).toReversed()) : each,
        );
        const read = shapedPages(shape);
        read(bodyOf(items));

        expect(JSON.stringify(read(bodyOf(reversed)).items)).toBe(JSON.stringify(reversed.map((raw) => shape.read(raw))));
      }),
    );
  });

  test('accepts no page that was cut off anywhere', () => {
    const body = bodyOf([
      { text: 'a"b', number: 12, flag: true, list: [{ name: 'x' }, {}], unknown: { a: [1] } },
      { text: 'b', inner: null },
    ]);
    const read = shapedPages(shape);
    for (let length = 0; length < body.length; length += 1) expect(() => read(body.subarray(0, length))).toThrow(SyntaxError);
  });

  test.each([
    '{"items":[1 2]}',
    '{"items":[{"text":"a",}]}',
    '{"items":[{"text" "a"}]}',
    '{"items":[{"text":tru}]}',
    '{"items":[1,]}',
    '{"items":[{"list":[{},]}]}',
    '{"items":[]}x',
    '{"items":[}',
    '',
  ])('accepts nothing that is no JSON: %s', (body) => {
    expect(() => shapedPages(shape)(Buffer.from(body))).toThrow(SyntaxError);
  });

  test.each(['{"items":null}', '{"items":{}}', '{"hello":"world"}', '[]', 'null', '"text"'])(
    'finds the same list or none in %s',
    (body) => {
      expect(shapedPages(shape)(Buffer.from(body))).toEqual(rawPages(Buffer.from(body)));
    },
  );

  test('takes the last of two equal keys, as JSON.parse does', () => {
    const body = Buffer.from('{"items":[{"text":"a","text":"b"},{"text":"a","inner":{"text":"x"},"text":"a"}]}');

    expect(shapedPages(shape)(body).items).toStrictEqual(rawPages(body).items?.map((raw) => shape.read(raw)));
  });

  test('keeps no part of an object for the next one that lacks it', () => {
    const [first, second, third] =
      shapedPages(shape)(bodyOf([{ text: 'a', inner: { text: 'b' } }, {}, { text: 'a', inner: {} }])).items ?? [];

    expect([first?.inner.text, second?.text, second?.inner.text, third?.text, third?.inner.text]).toEqual([
      'b',
      undefined,
      undefined,
      'a',
      undefined,
    ]);
  });
});

/** Words of the API, so that random objects reach far into every shape. */
const words = [
  'metadata',
  'spec',
  'status',
  'template',
  'containers',
  'conditions',
  'name',
  'labels',
  'env',
  'value',
  'type',
  'message',
  'ports',
  'selector',
  'matchLabels',
  'data',
  'endpoints',
  'rules',
  'managedFields',
  'fieldsV1',
  'f:data',
  'f:A',
];
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'large' },
    leaf,
    fc.dictionary(fc.constantFrom(...words), tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));
const likely = fc.dictionary(fc.constantFrom(...words), tree, { maxKeys: 5 });

test.each(resourceNames)('%s straight from text equal those that were parsed', (name: ResourceName) => {
  const ofKind = resources[name].shape as Shape<ApiObject>;
  fc.assert(
    fc.property(fc.array(likely, { maxLength: 4 }), (items) => {
      expect(shapedPages(ofKind)(bodyOf(items)).items).toStrictEqual(
        JSON.parse(JSON.stringify(items)).map((raw: unknown) => ofKind.read(raw)),
      );
    }),
    { numRuns: 30 },
  );
});
