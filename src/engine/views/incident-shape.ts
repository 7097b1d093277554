import { z } from 'zod';
import type { Investigation } from '../../domain/investigation.ts';
import { servedStates } from '../../workflow/served-state.ts';
import { investigationShape } from '../investigation-schema.ts';
import { holds, moment, text, texts } from './fields.ts';

export { servedStates };

export const stateShape = z.enum(servedStates).meta({ description: 'Where it is; what happens next depends on it.' });

/** The investigation as the JSON contract has it: made by ourselves, so that it is described and not checked again. */
export const publishedInvestigation = z
  .custom<Investigation>((value) => typeof value === 'object' && value !== null)
  .meta({ ...z.toJSONSchema(investigationShape), $schema: undefined });

const changeShape = z.object({
  command: text('What a human would type for it.'),
  state: z.enum(['planned', 'under-way', 'done', 'put-back', 'refused', 'held-back', 'overtaken', 'unknown']),
  detail: z.exactOptional(text('What the cluster said to it. Absent: nothing more.')),
});

const watchedShape = z.object({
  at: moment('When it was looked.'),
  failingReplicas: z.exactOptional(z.number().meta({ description: 'Absent: could not be seen.' })),
  healthyReplicas: z.exactOptional(z.number().meta({ description: 'Absent: could not be seen.' })),
  measured: z.exactOptional(z.number().meta({ description: 'Value of what the alert measures. Absent: could not be seen.' })),
  alert: z.exactOptional(z.enum(['firing', 'pending', 'quiet']).meta({ description: 'Absent: could not be seen.' })),
});

const by = text('Who did it.');
const because = text('Why.');

export const attemptShape = z.object({
  number: z.number().meta({ description: 'Counted from 1 within the incident.' }),
  purpose: z.enum(['mitigate', 'repair']),
  plan: text('Marks this very plan; an answer carries it back.'),
  mitigation: text('Id of the mitigation, as in "mitigations" of the investigation.'),
  subject: z.object({ kind: z.string(), namespace: z.exactOptional(text('Absent: the kind is cluster-wide.')), name: z.string() }),
  title: z.string(),
  why: z.string(),
  expectation: text('What is seen when it has worked.'),
  preconditions: z.array(z.object({ claim: z.string(), holds })).readonly(),
  warnings: texts('What is easily done wrong here.'),
  reversibility: z.enum(['undoable', 'heals-itself', 'irreversible']),
  canBeApproved: z.boolean().meta({ description: 'True: an answer "yes" can be given now.' }),
  canBeUndone: z.boolean().meta({ description: 'True: something of it is in force and can be put back.' }),
  changes: z.array(changeShape).readonly(),
  undo: texts('Commands that take it back. Empty: nothing to put back.'),
  undoWhen: z.exactOptional(text('What must be shown before the undo is safe. Absent: nothing.')),
  approval: z.exactOptional(z.object({ by, how: z.enum(['human', 'policy']), at: moment('When.') })),
  declined: z.exactOptional(text('Why it was not carried out. Absent: it was not declined.')),
  evidencePath: z.exactOptional(text('Where what it destroys was saved before.')),
  judgement: z.exactOptional(
    z.object({
      is: z.enum(['confirmed', 'worse', 'no-better', 'cannot-tell']),
      at: moment('When.'),
      because: texts('What it rests on.'),
    }),
  ),
  undoAsked: z.exactOptional(z.object({ at: moment('When.'), by, because })),
  proofs: z.exactOptional(
    z
      .object({
        at: moment('When they were looked at.'),
        all: z.array(z.object({ claim: z.string(), holds, detail: z.exactOptional(z.string()) })).readonly(),
      })
      .meta({ description: 'The repair gate. Absent: not looked at yet.' }),
  ),
  watched: z.array(watchedShape).readonly().meta({ description: 'Oldest first.' }),
});

const pageShape = z.object({
  at: moment('When it came in.'),
  name: z.string(),
  summary: z.string(),
  state: z.enum(['firing', 'resolved']),
});

const followUps = z
  .array(
    z.object({
      kind: z.enum(['ticket', 'reminder', 'gate']),
      title: z.string(),
      text: z.string(),
      due: z.exactOptional(moment('When to look at it.')),
      timeZone: z.exactOptional(text('IANA name of where whoever is reminded reads clocks. Absent: UTC.')),
    }),
  )
  .readonly();

export const incidentShape = z.object({
  id: z.string(),
  length: z.number().meta({ description: 'Number of events that this rests on.' }),
  openedAt: moment('When it was opened.'),
  cluster: z.string(),
  state: stateShape,
  because: z.exactOptional(text('Why nothing happens by itself. Absent: something does.')),
  alert: z.exactOptional(z.object({ name: z.string(), summary: z.string(), startedAt: z.exactOptional(moment('Since when.')) })),
  pages: z.array(pageShape).readonly(),
  acknowledged: z.exactOptional(z.object({ at: moment('When.'), by })),
  investigation: z.exactOptional(publishedInvestigation),
  attempts: z.array(attemptShape).readonly(),
  unfit: z
    .array(z.object({ title: z.string(), because }))
    .readonly()
    .meta({ description: 'Plans that were passed over.' }),
  notes: z.exactOptional(z.object({ at: moment('When.'), by, text: text('Markdown.') })),
  deliveries: z
    .array(z.object({ at: moment('When.'), target: z.string(), what: z.string(), link: z.exactOptional(z.string()) }))
    .readonly(),
  joined: z.exactOptional(z.object({ incident: z.string(), because })),
  closed: z.exactOptional(
    z.object({
      at: moment('When.'),
      looseEnds: z.array(z.object({ says: z.string(), state: z.string(), command: z.exactOptional(z.string()) })).readonly(),
      followUps,
    }),
  ),
  report: text('Incident notes as Markdown.'),
});

export const listItemShape = z.object({
  id: z.string(),
  openedAt: moment('When it was opened.'),
  lastEventAt: moment('When something was stored last.'),
  cluster: z.string(),
  alert: z.exactOptional(text('Absent: nobody was paged.')),
  summary: z.exactOptional(text('One sentence that answers the page. Absent: not investigated yet.')),
  state: stateShape,
});

export const entryShape = z.object({
  position: z.number().meta({ description: 'Of the event, from 0.' }),
  part: z.exactOptional(
    z
      .number()
      .meta({ description: 'From 0: a thought of the investigation at this position. Absent: the event itself, which follows its parts.' }),
  ),
  at: moment('When.'),
  by,
  kind: z.string(),
  title: text('Of a thought: its question.'),
  text: z.exactOptional(text('Of a thought: what was seen, one fact a line.')),
  conclusion: z.exactOptional(text('What follows. Absent: it is no thought.')),
  phase: z.exactOptional(
    z
      .enum(['verify', 'scope', 'what-changed', 'mitigate', 'confirm', 'diagnose', 'repair', 'write-up'])
      .meta({ description: 'Absent: it is no thought.' }),
  ),
  command: z.exactOptional(text('To copy, one a line.')),
  citing: z.exactOptional(texts('Keys of the evidence.')),
  tone: z.enum(['neutral', 'good', 'bad', 'doubtful']),
});
