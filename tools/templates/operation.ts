import { z } from 'zod';
import { defineOperation } from '../../src/engine/serve/operation.ts';
import { incidentParameter } from '../../src/engine/views/fields.ts';

export const placeholderName = defineOperation({
  name: 'placeholder-id',
  summary: 'FILL IN: what it does, in one sentence for people and programs.',
  // FILL IN: reads, changes-incident or changes-cluster.
  effect: 'reads',
  // FILL IN: the route below /api/v1. Every ":name" in it is a field of the input.
  route: '/incidents/:incident/placeholder-id',
  // FILL IN: the least role that may do it.
  role: 'administer',
  // FILL IN: whether programs may do it over MCP.
  isTool: false,
  input: z.strictObject({ incident: incidentParameter }),
  output: z.object({ summary: z.string().meta({ description: 'FILL IN' }) }),
  run: async ({ incident }, { incidents }) => {
    const read = await incidents.read(incident);
    if (!('incident' in read)) return read.state === 'missing' ? { state: 'missing', what: `incident ${incident}` } : read;
    // FILL IN: the answer. What reads a cluster or changes one is asked for here and carried out by a worker.
    return { state: 'done', value: { summary: read.incident.cluster } };
  },
});
