import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import { z } from 'zod';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import type { Failed } from '../act/acting.ts';
import { defineOperation, type OperationResult, type OperationRun } from '../serve/operation.ts';
import type { Missing, ServedIncident } from '../serve/served-incidents.ts';
import { digestOf, digestShape } from '../views/digest.ts';
import { text, wholeNumber } from '../views/fields.ts';
import { stateShape } from '../views/incident-shape.ts';
import { pageText } from '../views/opening.ts';

/** Whoever waits sees an answer within a second of its being stored. */
const betweenLooks = millisecondsPerSecond / 2;
const longestWaitSeconds = 120;

const outputShape = z.object({
  page: text('Id of the page: ask again with "opened" to go on waiting.'),
  incident: z.exactOptional(text('The incident that the page went to. Absent: nobody has worked it yet.')),
  state: z.exactOptional(stateShape),
  answer: z.exactOptional(digestShape.meta({ description: 'Absent: it is still being looked at.' })),
});
type Output = z.input<typeof outputShape>;

export const investigate = defineOperation({
  name: 'investigate',
  summary:
    'Investigates a page, or looks up one that was opened before: who fails, who is healthy, what separates them, what changed, what to do first, and why. Waits for the answer.',
  effect: 'changes-incident',
  route: '/investigations',
  role: 'operate',
  isTool: true,
  input: z
    .strictObject({
      page: pageText.optional(),
      opened: z.string().max(200).optional().meta({ description: 'Id of a page that was opened before, instead of a page.' }),
      waitSeconds: wholeNumber({ from: 0, to: longestWaitSeconds, description: 'How long to wait for the answer.' }).default(60),
    })
    .refine(({ page, opened }) => (page === undefined) !== (opened === undefined), 'give either "page" or "opened"'),
  output: outputShape,
  run: async ({ page, opened = '', waitSeconds }, run) => {
    const patience = waitSeconds * millisecondsPerSecond;
    if (page === undefined) return waitFor(opened, patience, run);
    const answer = await run.incidents.open(page);
    return answer.state === 'opened' ? waitFor(answer.page, patience, run) : answer;
  },
});

/** Counts the time by its pauses, so that it waits as long as it says, whatever the clock does. */
async function waitFor(page: string, patience: number, run: OperationRun): Promise<OperationResult<Output>> {
  let stopFollowing: (() => void) | undefined;
  try {
    for (let waited = 0; ; waited += betweenLooks) {
      const looked = await look(page, run);
      if (looked.state === 'missing') return { state: 'missing', what: `page ${page}` };
      if (looked.state === 'failed') return looked;
      const { served } = looked;
      const isAnswered = served !== undefined && served.incident.investigations.length > 0;
      if (isAnswered || waited >= patience || run.signal.aborted) return { state: 'done', value: outputOf(page, served) };
      if (served !== undefined) stopFollowing ??= follow(served.id, run);
      if (waited === 0) run.progress(served === undefined ? 'waiting for a worker' : 'looking');
      await run.pause(betweenLooks, run.signal);
    }
  } finally {
    stopFollowing?.();
  }
}

/** `served`: undefined where no incident has the page yet. */
async function look(
  page: string,
  { incidents }: OperationRun,
): Promise<{ readonly state: 'looked'; readonly served: ServedIncident | undefined } | Missing | Failed> {
  const found = await incidents.findPage(page);
  if (found.state !== 'found') return found;
  if (found.incident === undefined) return { state: 'looked', served: undefined };
  const read = await incidents.read(found.incident);
  if (!('incident' in read)) return read;
  // Trouble that is known already is worked in another incident, which has the answer.
  const joined = read.incident.joined === undefined ? read : await incidents.read(read.incident.joined.incident);
  return 'incident' in joined ? { state: 'looked', served: joined } : joined;
}

function follow(incident: string, { incidents, progress }: OperationRun): () => void {
  return incidents.follow(incident, (news) => {
    if (news.kind === 'progress') progress(news.text);
  });
}

function outputOf(page: string, served: ServedIncident | undefined): Output {
  if (served === undefined) return { page };
  const investigation = tellingInvestigation(served.incident);
  return {
    page,
    incident: served.id,
    state: served.state,
    ...(investigation === undefined ? {} : { answer: digestOf(investigation) }),
  };
}
