import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApiObject, type ResourceName, resourceNames, resources } from './kubernetes/resources.ts';
import { parseQuantity } from './quantity.ts';
import { redacted } from './redaction.ts';
import {
  flag,
  freeText,
  freeTextList,
  freeTextMap,
  instant,
  list,
  maybe,
  message,
  number,
  numberOrText,
  quantity,
  quantityMap,
  type Shape,
  section,
  text,
  textList,
  textMap,
  name,
} from './shape.ts';

const few = section({
  text,
  freeText,
  number,
  flag,
  instant,
  numberOrText,
  quantity,
  textMap,
  freeTextMap,
  quantityMap,
  textList,
  freeTextList,
  inner: section({ text, list: list(text) }),
  maybe: maybe({ text, freeTextMap }),
  list: list(section({ name: text, value: freeText, list: list(number) })),
});

/** Values of the promised type, of another type, and secrets, so that sharing meets everything that reading meets. */
const leaf = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'password=hunter2', redacted, '2026-03-01T10:00:00Z', '100m', 'postgres://u:p4ssw0rd@db/x'),
  fc.constantFrom(0, 1, 5, Number.NaN, true, false, null, undefined),
);
const map = fc.dictionary(fc.constantFrom('a', 'b', 'token', 'kubectl.kubernetes.io/last-applied-configuration'), leaf, { maxKeys: 3 });
const item = fc.oneof(leaf, fc.record({ name: leaf, value: leaf, list: fc.array(leaf, { maxLength: 2 }) }, { requiredKeys: [] }));
const raw = fc.oneof(
  { weight: 1, arbitrary: leaf },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        text: leaf,
        freeText: leaf,
        number: leaf,
        flag: leaf,
        instant: leaf,
        numberOrText: leaf,
        quantity: leaf,
        textMap: fc.oneof(leaf, map),
        freeTextMap: fc.oneof(leaf, map),
        quantityMap: fc.oneof(leaf, map),
        textList: fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
        freeTextList: fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
        inner: fc.oneof(leaf, fc.record({ text: leaf, list: fc.array(leaf, { maxLength: 3 }) }, { requiredKeys: [] })),
        maybe: fc.oneof(leaf, fc.record({ text: leaf, freeTextMap: map }, { requiredKeys: [] })),
        list: fc.oneof(leaf, fc.array(item, { maxLength: 3 })),
      },
      { requiredKeys: [] },
    ),
  },
);

describe('reading with an earlier value at hand', () => {
  test('gives exactly what reading without it gives, in the same order', () => {
    fc.assert(
      fc.property(raw, raw, (one, other) => {
        const alone = few.read(other);
        const shared = few.read(other, few.read(one));

        expect(shared).toStrictEqual(alone);
        expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
      }),
    );
  });

  test('gives the earlier value itself where nothing differs', () => {
    fc.assert(
      fc.property(raw, (one) => {
        const earlier = few.read(one);
        const again = few.read(structuredClone(one), earlier);

        expect(again).toStrictEqual(earlier);
        expect(again.inner).toBe(earlier.inner);
        expect(again.textMap).toBe(earlier.textMap);
      }),
    );
  });

  test('never changes the earlier value', () => {
    fc.assert(
      fc.property(raw, raw, (one, other) => {
        const earlier = few.read(one);
        few.read(other, earlier);

        expect(earlier).toStrictEqual(few.read(one));
      }),
    );
  });
});

test('a shape that is given nothing, or something else than promised, reads every field as absent', () => {
  for (const nothing of [undefined, null, 3, 'text', []]) {
    expect(few.read(nothing)).toStrictEqual(few.read({}));
  }
});

test.each(resourceNames)('%s that are read after each other equal those that are read alone', (name: ResourceName) => {
  const shape: Shape<ApiObject> = resources[name].shape as Shape<ApiObject>;
  fc.assert(
    fc.property(fc.tuple(likely, likely), ([one, other]) => {
      expect(shape.read(other, shape.read(one))).toStrictEqual(shape.read(other));
    }),
    { numRuns: 25 },
  );
});

const meta = fc.record(
  {
    name: fc.constantFrom('a', 'b'),
    namespace: fc.constantFrom('x', 'y'),
    labels: map,
    annotations: map,
    managedFields: fc.array(
      fc.record({ manager: leaf, time: leaf, fieldsV1: fc.constantFrom({ 'f:data': { '.': {}, 'f:KEY': {} } }, {}) }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const containers = fc.array(
  fc.record(
    {
      name: leaf,
      image: leaf,
      args: fc.array(leaf, { maxLength: 2 }),
      env: fc.array(
        fc.record(
          {
            name: fc.constantFrom('A', 'PASSWORD'),
            value: leaf,
            valueFrom: fc.constantFrom({ secretKeyRef: { name: 'a', key: 'b' } }, { configMapKeyRef: { name: 'a' } }),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 2 },
);
const likely = fc.record(
  {
    kind: leaf,
    metadata: meta,
    data: fc.oneof(leaf, map),
    type: leaf,
    reason: leaf,
    message: leaf,
    count: leaf,
    spec: fc.record(
      {
        containers,
        nodeName: leaf,
        replicas: leaf,
        template: fc.record({ metadata: meta, spec: fc.record({ containers }) }),
        selector: fc.oneof(map, fc.record({ matchLabels: map })),
      },
      { requiredKeys: [] },
    ),
    status: fc.record(
      {
        phase: leaf,
        conditions: fc.array(fc.record({ type: leaf, status: leaf, message: leaf, lastTransitionTime: leaf }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

test('the random end of the name of a token volume is no difference between replicas', () => {
  const [first, second] = ['x7k2p', '9qwzt'].map((end) => ({
    spec: {
      containers: [{ name: 'app', volumeMounts: [{ name: `kube-api-access-${end}`, mountPath: '/token' }] }],
      volumes: [{ name: `kube-api-access-${end}` }],
    },
  }));
  const earlier = resources.pods.shape.read(first);

  expect(resources.pods.shape.read(second, earlier)).toBe(earlier);
  expect(earlier.spec.volumes[0]?.name).toBe(earlier.spec.containers[0]?.volumeMounts[0]?.name);
});

test('replicas share everything but what is their own', () => {
  const [first, second] = ['a', 'b'].map((name) => ({
    metadata: { name, labels: { app: 'shop' } },
    spec: { containers: [{ name: 'app', image: 'registry.example/shop:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
    status: { phase: 'Running', podIP: `10.0.0.${name}` },
  }));
  const earlier = resources.pods.shape.read(first);
  const later = resources.pods.shape.read(second, earlier);

  expect(later.spec).toBe(earlier.spec);
  expect(later.metadata.labels).toBe(earlier.metadata.labels);
  expect([later.metadata.name, later.status.podIP, later.spec.containers[0]?.env[0]?.value]).toEqual(['b', '10.0.0.b', redacted]);
});

test('a name that no API server would let in cannot act on a shell', () => {
  expect(['web-1', 'system:node:a', 'x; reboot', '$(id)', '--all', 'a\u001b[2Jb'].map((raw) => name.read(raw))).toEqual([
    'web-1',
    'system:node:a',
    'x_reboot',
    '_id_',
    '_all',
    'a_2Jb',
  ]);
});

test('what anybody can write is read masked, and up to a length', () => {
  const event = resources.events.shape;
  const written = `${'a'.repeat(4080)} password=hunter2 ${'b'.repeat(1_000_000)}`;

  expect(message(10).read('short')).toBe('short');
  expect(event.read({ message: written })).toMatchObject({ message: `${'a'.repeat(4080)} password=‹redac` });
});

test('what is no quantity takes no longer for being long', () => {
  expect(parseQuantity(`${'0'.repeat(150_000)}!`)).toBe(undefined);
});

test('a map holds what was set, and nothing that all objects of the language have', () => {
  const labels = textMap.read(JSON.parse('{"app":"cart","__proto__":"a","constructor":"b"}'));

  expect(Object.entries(labels)).toEqual([
    ['app', 'cart'],
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  expect(['constructor', 'toString', '__proto__'].map((key) => textMap.read({ app: 'cart' })[key])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
