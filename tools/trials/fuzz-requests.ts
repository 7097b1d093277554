import fc from 'fast-check';
import { z } from 'zod';
import { mayActAs, type Role, roles } from '../../src/domain/role.ts';
import { isRecord } from '../../src/domain/shape.ts';
import { operations } from '../../src/engine/operations/index.generated.ts';
import { badBodies, badPaths, badTypes } from '../../src/surfaces/http/testing-bad-input.ts';
import type { AnyOperation } from '../../src/engine/serve/operation.ts';
import { ask, type FuzzServer, isFault } from './fuzz-server.ts';
import { alertmanagerSecret, pageSecret } from './server-scene.ts';

export const anyAddress = fc.ipV4();

/** Any request whatever, by anybody. */
export function anyRequest({ process, incident, tokens }: FuzzServer): fc.IAsyncProperty<unknown> {
  const known = [...Object.values(tokens).flat(), alertmanagerSecret, pageSecret, 'hunter2', ''];
  const given = fc.record({
    path: fc.oneof(
      fc.constantFrom(...badPaths(incident)),
      fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
    ),
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'),
    body: fc.oneof(fc.constantFrom(...badBodies), fc.json(), fc.string({ unit: 'binary', maxLength: 200 })),
    type: fc.constantFrom(...badTypes),
    token: fc.constantFrom(...known),
    accept: fc.constantFrom('*/*', 'application/json', 'text/event-stream', 'x'),
    query: fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((query) => `?${query}`),
    ),
    from: anyAddress,
  });
  return fc.asyncProperty(given, async ({ path, method, body, type, token, accept, query, from }) => {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    const headers = { ...authorization, accept, ...(type === '' ? {} : { 'content-type': type }) };
    const answer = await ask(`${process.address}${path}${path.includes('?') ? '' : query}`, { method, headers, body, from });
    return answer === undefined || !isFault(answer);
  });
}

/** An operation with input that is nearly right, by somebody who may do it or not. Who may not gets nothing but that. */
export function anyOperation({ process, incident, tokens }: FuzzServer): fc.IAsyncProperty<unknown> {
  const given = fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      role: fc.constantFrom<Role>(...roles),
      turn: fc.nat(),
      input: inputOf(operation),
      parameter: fc.oneof({ weight: 4, arbitrary: fc.constant(incident) }, { weight: 1, arbitrary: fc.string() }),
      from: anyAddress,
    }),
  );
  return fc.asyncProperty(given, async ({ operation, role, turn, input, parameter, from }) => {
    const ofRole = tokens[role];
    const isRead = operation.effect === 'reads';
    const path = operation.route.replace(/:[a-z]+/g, encodeURIComponent(parameter));
    const query = isRead
      ? `?${new URLSearchParams(Object.fromEntries(Object.entries(input).map(([name, value]) => [name, inQuery(value)]))).toString()}`
      : '';
    const headers = { authorization: `Bearer ${ofRole[turn % ofRole.length] ?? ''}`, 'content-type': 'application/json' };
    const method = isRead ? 'GET' : 'POST';
    const answer = await ask(`${process.address}/api/v1${path}${query}`, { method, headers, from, body: JSON.stringify(input) });
    if (answer === undefined) return true;
    const isRefused = [403, 429].includes(answer.status) || isElsewhere(path);
    return !isFault(answer) && (mayActAs(role, operation.role) || isRefused);
  });
}

/** Objects of any form come as well, some of which cannot be made a text of otherwise. */
function inQuery(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** An empty parameter, or one of dots, makes another route of it. */
function isElsewhere(path: string): boolean {
  return path.split('/').some((part, index) => index > 0 && /^(%20|%2e|[.])*$/i.test(part));
}

/** Of each field a value that fits it, or one that does not; any of them may be missing, and more may be there. */
function inputOf({ name, input }: AnyOperation): fc.Arbitrary<{ readonly [field: string]: unknown }> {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const fields = Object.entries(properties).filter(([field]) => field !== 'incident');
  const values = Object.fromEntries(
    fields.map(([field, schema]) => [
      field,
      fc.oneof({ weight: 4, arbitrary: fittingTo(schema) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) }),
    ]),
  );
  // Nobody waits for an answer here.
  const patient = name === 'investigate' ? { waitSeconds: 0 } : {};
  return fc
    .tuple(
      fc.record(values, { requiredKeys: [] }),
      fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, fc.dictionary(fc.string(), fc.jsonValue())),
    )
    .map(([fitting, more]) => ({ ...more, ...fitting, ...patient }));
}

const words = fc.constantFrom('cart is slow', 'yes', 'no', '2026-03-01T02:44:00Z', '__proto__', '', '0', '‮', 'x'.repeat(20_000));

function fittingTo(schema: unknown): fc.Arbitrary<unknown> {
  if (!isRecord(schema)) return fc.jsonValue();
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as readonly unknown[]));
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: -1, max: 600 }), fc.double());
    case 'boolean':
      return fc.boolean();
    default:
      return fc.oneof(words, fc.string({ unit: 'binary' }));
  }
}
