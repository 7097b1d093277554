import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { incidentParameter } from '../views/fields.ts';
import { incidentShape } from '../views/incident-shape.ts';
import { incidentView } from '../views/incident-view.ts';

export const readIncident = defineOperation({
  name: 'read-incident',
  summary: 'Reads one incident: its pages, its investigation with all claims and their evidence, what was tried, and the notes.',
  effect: 'reads',
  route: '/incidents/:incident',
  role: 'view',
  isTool: true,
  input: z.strictObject({ incident: incidentParameter }),
  output: incidentShape,
  run: async ({ incident }, { incidents }) => {
    const read = await incidents.read(incident);
    if ('incident' in read) return { state: 'done', value: incidentView(read) };
    return read.state === 'missing' ? { state: 'missing', what: `incident ${incident}` } : read;
  },
});
