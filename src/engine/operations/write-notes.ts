import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter } from '../views/fields.ts';

const longestNotes = 200_000;

export const writeNotes = defineOperation({
  name: 'write-notes',
  summary: 'Writes the notes that people keep of the incident, whole. Earlier ones stay in the record.',
  effect: 'changes-incident',
  route: '/incidents/:incident/notes',
  role: 'operate',
  // They are what people say; a program's words would stand under a person's name.
  isTool: false,
  input: z.strictObject({ incident: incidentParameter, text: z.string().max(longestNotes).meta({ description: 'Markdown.' }) }),
  output: accepted,
  run: async ({ incident, text }, { incidents, by }) => acceptedOr(await incidents.writeNotes(incident, text, by), `incident ${incident}`),
});
