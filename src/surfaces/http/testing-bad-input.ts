import { operations } from '../../engine/operations/index.generated.ts';

/** Every route with an incident in it, and addresses that no well-behaved client would ask for. */
export function badPaths(incident: string): readonly string[] {
  return [
    ...operations.map(({ route }) => `/api/v1${route.replace(':incident', incident)}`),
    '/',
    '/healthz',
    '/readyz',
    '/metrics',
    '/mcp',
    '/api/v1/session',
    '/api/v1/openapi.json',
    `/api/v1/incidents/${incident}/stream?from=x`,
    '/webhooks/alertmanager',
    '/webhooks/pagerduty',
    '/webhooks/page',
    '/webhooks/',
    '/%zz',
    '/%00',
    '/..%2f..%2fetc/passwd',
    '/assets/../../etc/passwd',
    `/${'x'.repeat(5000)}`,
    '/api/v1/incidents/%E0%A4%A',
    '/api/v1/incidents/..%2f..',
    '/api/v1/failure-modes/__proto__',
    '/api/v1/failure-modes/constructor',
    '/api/v1/tokens/%00/revoke',
  ];
}

export const badBodies: readonly string[] = [
  '',
  '{',
  '[]',
  'null',
  '7',
  '"x"',
  '{"__proto__":{"x":1}}',
  '{"page":7}',
  '{"attempt":1e400}',
  '{"limit":-1}',
  '\u0000',
  '\ufeff{}',
  '['.repeat(100_000),
  '{"a":'.repeat(50_000),
  `"${'x'.repeat(500_000)}"`,
  JSON.stringify({ alerts: [{ labels: { a: 'b' } }] }),
];

export const badTypes: readonly string[] = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'x',
  '',
];
