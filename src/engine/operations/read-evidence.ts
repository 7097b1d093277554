import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { incidentParameter, moment, text } from '../views/fields.ts';

const mostPieces = 50;

export const readEvidence = defineOperation({
  name: 'read-evidence',
  summary: 'Reads pieces of evidence that an investigation cites: what was seen, when, and the command that shows the same.',
  effect: 'reads',
  route: '/incidents/:incident/evidence',
  role: 'view',
  isTool: true,
  input: z.strictObject({
    incident: incidentParameter,
    ids: z
      .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(1000)).min(1).max(mostPieces))
      .optional()
      .meta({ description: 'As claims and thoughts cite them. Absent: only the ids that there are.' }),
  }),
  output: z.object({
    evidence: z
      .array(
        z.object({
          id: z.string(),
          source: text('Which evidence source read it.'),
          command: text('The command that would show the same.'),
          at: moment('When the cited thing happened or was true.'),
          excerpt: text('What was seen, short, secrets masked.'),
        }),
      )
      .readonly(),
    ids: z.array(z.string()).readonly().meta({ description: 'All that there are. Empty: not investigated yet, or nothing was cited.' }),
    unknown: z.array(z.string()).readonly().meta({ description: 'Of those asked for: the investigation has none of that id.' }),
  }),
  run: async ({ incident, ids = [] }, { incidents }) => {
    const read = await incidents.read(incident);
    if (!('incident' in read)) return read.state === 'missing' ? { state: 'missing', what: `incident ${incident}` } : read;
    // A later look cites other evidence; what the first one cited is still asked for.
    const all = Object.assign({}, ...read.incident.investigations.map(({ investigation }) => investigation.evidence)) as Evidence;
    const known = ids.filter((id) => Object.hasOwn(all, id));
    return {
      state: 'done',
      value: {
        evidence: known.flatMap((id) => (all[id] === undefined ? [] : [{ id, ...all[id] }])),
        ids: Object.keys(all),
        unknown: ids.filter((id) => !known.includes(id)),
      },
    };
  },
});

type Evidence = {
  readonly [id: string]: { readonly source: string; readonly command: string; readonly at: string; readonly excerpt: string };
};
