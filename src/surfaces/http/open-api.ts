import { z } from 'zod';
import type { AnyOperation } from '../../engine/serve/operation.ts';
import { apiPrefix } from './operation-routes.ts';

type Json = { readonly [name: string]: unknown };

const failure = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['attempted', 'happened', 'whatToDo'],
      properties: { attempted: { type: 'string' }, happened: { type: 'string' }, whatToDo: { type: 'string' } },
    },
  },
};

const failures: readonly (readonly [number, string])[] = [
  [400, 'The input is not what the operation takes.'],
  [401, 'Nobody is signed in.'],
  [403, 'The role does not allow it, or the request did not come from our own page.'],
  [404, 'There is no such thing.'],
  [409, 'It cannot be done as things stand.'],
  [429, 'Too many requests; retry-after tells when to come again.'],
  [503, 'The database did not answer; retry-after tells when to come again.'],
];

/** The OpenAPI 3.1 document, made from the operations. */
export function openApiOf(operations: readonly AnyOperation[], version: string): Json {
  const paths: { [path: string]: { [verb: string]: Json } } = {};
  for (const operation of operations) {
    const path = `${apiPrefix}${operation.route.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [operation.effect === 'reads' ? 'get' : 'post']: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stanch',
      version,
      description: 'An incident engine for Kubernetes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'An access token: stanch_…' } },
      responses: Object.fromEntries(failures.map(([status, description]) => [String(status), { description, content: jsonOf(failure) }])),
    },
    security: [{ token: [] }],
  };
}

function describe({ name, summary, effect, role, route, input, output }: AnyOperation): Json {
  const schema: Json = schemaOf(input, 'input');
  const fields = Object.entries((schema['properties'] ?? {}) as { readonly [field: string]: Json });
  const required = (schema['required'] ?? []) as readonly string[];
  const inPath = [...route.matchAll(/:(\w+)/g)].map(([, field]) => field ?? '');
  const others = fields.filter(([field]) => !inPath.includes(field));
  const parameters = fields
    .filter(([field]) => inPath.includes(field) || effect === 'reads')
    .map(([field, described]) => {
      const isInPath = inPath.includes(field);
      return { name: field, in: isInPath ? 'path' : 'query', required: isInPath || required.includes(field), schema: described };
    });
  const body = { type: 'object', properties: Object.fromEntries(others), required: required.filter((field) => !inPath.includes(field)) };
  return {
    operationId: name,
    summary,
    description: `Needs the role "${role}".`,
    parameters,
    ...(effect === 'reads'
      ? {}
      : { requestBody: { required: others.length > 0, content: jsonOf({ ...body, additionalProperties: false }) } }),
    responses: {
      '200': { description: 'Done.', content: jsonOf(schemaOf(output, 'output')) },
      ...Object.fromEntries(failures.map(([status]) => [String(status), { $ref: `#/components/responses/${status}` }])),
    },
  };
}

function jsonOf(schema: Json): Json {
  return { 'application/json': { schema } };
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' });
  return schema;
}
