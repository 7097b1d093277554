import { z } from 'zod';
import type { JsonValue } from '../domain/prepared-change.ts';
import type { SourceOptions } from '../surfaces/command-line/looking.ts';

const savedOptions = z.object({
  alert: z.object({ origin: z.string(), text: z.string() }).optional(),
  recording: z.string().optional(),
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  namespace: z.string().optional(),
  selector: z.string().optional(),
  prometheus: z.string().optional(),
  nodeAccess: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('ssh'), configPath: z.string().optional(), user: z.string().optional() }),
      z.object({ kind: z.literal('debug-pod'), image: z.string().optional() }),
    ])
    .optional(),
  canExec: z.boolean().optional(),
  lookBackMilliseconds: z.number(),
  budgetSeconds: z.number(),
});

/** Where an incident looks, as it is kept with the incident, so that it can be taken up without saying it again. */
export function composeSavedOptions(options: SourceOptions): JsonValue {
  return JSON.parse(JSON.stringify(savedOptions.parse(options)));
}

/** Undefined: it was written by something else. */
export function readSavedOptions(value: JsonValue): SourceOptions | undefined {
  const parsed = savedOptions.safeParse(value);
  // zod writes what is absent as possibly undefined; JSON never holds that.
  return parsed.success ? (JSON.parse(JSON.stringify(parsed.data)) as SourceOptions) : undefined;
}
