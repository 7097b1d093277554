import type { AttemptView, ChangeView, IncidentState } from '../../../src/surfaces/http/contract.ts';
import type { Axis, Change, Holds, Investigation, Replica } from '../contract-parts.ts';

/** How something stands. Each has a shape and a colour of its own, and is always told in words as well. */
export type Tone = 'bad' | 'good' | 'doubtful' | 'waiting' | 'busy' | 'neutral';

export interface Spoken {
  readonly words: string;
  readonly tone: Tone;
}

type Words<Key extends string> = { readonly [Each in Key]: Spoken };

export const incidentStates: Words<IncidentState> = {
  queued: { words: 'Waiting to be looked at', tone: 'busy' },
  investigating: { words: 'Looking', tone: 'busy' },
  'waiting-for-approval': { words: 'Waiting for your approval', tone: 'waiting' },
  acting: { words: 'Acting', tone: 'busy' },
  watching: { words: 'Watching whether it works', tone: 'busy' },
  mitigated: { words: 'Mitigated, not yet put back', tone: 'good' },
  'gate-closed': { words: 'Mitigated, the repair gate is closed', tone: 'doubtful' },
  'needs-human': { words: 'Needs a human', tone: 'bad' },
  'nothing-to-do': { words: 'Nothing to do', tone: 'good' },
  joined: { words: 'Worked on in another incident', tone: 'neutral' },
  aborted: { words: 'Stopped by a human', tone: 'doubtful' },
  closed: { words: 'Closed', tone: 'neutral' },
};

/** Nothing more happens in these by itself, nor is anything waited for. */
const restingStates: ReadonlySet<IncidentState> = new Set(['nothing-to-do', 'joined', 'aborted', 'closed']);

export function isResting(state: IncidentState): boolean {
  return restingStates.has(state);
}

export const verdicts: Words<Investigation['alert']['verdict']> = {
  real: { words: 'The alert is real', tone: 'bad' },
  transient: { words: 'It happened, and it is over', tone: 'good' },
  flapping: { words: 'The alert flaps', tone: 'doubtful' },
  stale: { words: 'The alert rests on data that no longer arrives', tone: 'doubtful' },
  'cannot-tell': { words: 'Cannot tell whether the alert is real', tone: 'doubtful' },
  none: { words: 'Nobody was paged', tone: 'neutral' },
};

export const healths: Words<Replica['health']> = {
  failing: { words: 'failing', tone: 'bad' },
  healthy: { words: 'healthy', tone: 'good' },
  undecided: { words: 'undecided', tone: 'doubtful' },
};

export const axisVerdicts: Words<Axis['verdict']> = {
  separates: { words: 'separates', tone: 'bad' },
  suggestive: { words: 'may separate', tone: 'doubtful' },
  no: { words: 'no difference', tone: 'neutral' },
  'cannot-tell': { words: 'cannot tell', tone: 'doubtful' },
};

export const standings: Words<Change['standing']> = {
  suspect: { words: 'suspect', tone: 'bad' },
  acquitted: { words: 'acquitted', tone: 'good' },
  unrelated: { words: 'unrelated', tone: 'neutral' },
};

export const holdings: Words<Holds> = {
  yes: { words: 'holds', tone: 'good' },
  no: { words: 'does not hold', tone: 'bad' },
  'cannot-tell': { words: 'cannot tell', tone: 'doubtful' },
};

export const changeStates: Words<ChangeView['state']> = {
  planned: { words: 'planned', tone: 'neutral' },
  'under-way': { words: 'under way', tone: 'busy' },
  done: { words: 'done', tone: 'good' },
  'put-back': { words: 'put back', tone: 'neutral' },
  refused: { words: 'refused by the server', tone: 'bad' },
  'held-back': { words: 'not now', tone: 'doubtful' },
  overtaken: { words: 'left alone: somebody was faster', tone: 'doubtful' },
  unknown: { words: 'not known whether it was carried out', tone: 'doubtful' },
};

export const judgements: Words<NonNullable<AttemptView['judgement']>['is']> = {
  confirmed: { words: 'It worked', tone: 'good' },
  worse: { words: 'It got worse', tone: 'bad' },
  'no-better': { words: 'It is no better', tone: 'bad' },
  'cannot-tell': { words: 'Cannot tell whether it worked', tone: 'doubtful' },
};

export const reversibilities: { readonly [Each in AttemptView['reversibility']]: string } = {
  undoable: 'can be put back',
  'heals-itself': 'needs no undo: the cluster heals it by itself',
  irreversible: 'cannot be put back',
};

export const phases: { readonly [Each in Investigation['thoughts'][number]['phase']]: string } = {
  verify: 'Is it real?',
  scope: 'Who fails, who does not?',
  'what-changed': 'What changed?',
  mitigate: 'Mitigate first',
  confirm: 'Did it work?',
  diagnose: 'Why?',
  repair: 'Is it whole again?',
  'write-up': 'Before it is forgotten',
};
