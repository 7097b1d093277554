import type { z } from 'zod';
import type { AnyOperation } from '../../engine/serve/operation.ts';

export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export type OperationInput =
  | { readonly state: 'read'; readonly input: Readonly<Record<string, unknown>> }
  | { readonly state: 'refused'; readonly happened: string };

/** What the operation is asked for: the parameters of the route, and the query of a GET or the body of a POST. */
export function readOperationInput({ effect, input }: AnyOperation, { params, query, body }: RequestParts): OperationInput {
  const [given, unused] = effect === 'reads' ? [query, body] : [body ?? {}, query];
  if (!isObject(given)) return { state: 'refused', happened: 'the body is no JSON object' };
  if (isObject(unused) && Object.keys(unused).length > 0)
    return {
      state: 'refused',
      happened: effect === 'reads' ? 'a GET takes no body' : 'a POST takes its input in the body, not in the address',
    };
  const inRoute = isObject(params) ? params : {};
  const twice = Object.keys(given).find((name) => Object.hasOwn(inRoute, name));
  if (twice !== undefined) return { state: 'refused', happened: `"${twice}" is in the address already` };
  const read = input.safeParse({ ...given, ...inRoute });
  return read.success ? { state: 'read', input: read.data } : { state: 'refused', happened: spokenIssues(read.error) };
}

const mostIssues = 3;

/** "limit: Too big: expected number to be <=500". Values are not repeated: they may be secrets. */
export function spokenIssues({ issues }: z.ZodError): string {
  const shown = issues.slice(0, mostIssues).map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
  return `${shown.join('; ')}${issues.length > mostIssues ? `; and ${issues.length - mostIssues} more` : ''}`;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
