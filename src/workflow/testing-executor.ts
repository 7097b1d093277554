import { destroysPods } from '../domain/cluster-change.ts';
import { type Attempt, type Incident, incidentOf, isCarriedOut, needsConsentToLoss } from '../domain/incident.ts';
import type { IncidentEvent, IncidentHappening } from '../domain/incident-event.ts';
import { isBlocked, type MitigationPlan } from '../domain/mitigation.ts';
import type { Proof } from '../domain/proof.ts';
import { nextStep } from './next-step.ts';
import type { Goal, Step } from './step.ts';
import { exampleChoice, exampleEvents, exampleInvestigated, exampleObservation } from '../domain/example-incident.ts';

export const testPatience = { soakMilliseconds: 60_000, withinMilliseconds: 180_000 };

/** What chance decides: the next number of a row that is used over and over, from 0 to 99. */
export type Dice = () => number;

export interface World {
  /** By attempt and index: how the object stands, and how often our change was written to it. */
  readonly objects: Map<string, { state: 'before' | 'after' | 'other'; writes: number }>;
  events: readonly IncidentEvent[];
  now: number;
  startedAt: number;
  steps: number;
  crashes: number;
  /** What was asked for and must never be. */
  wrongs: readonly string[];
}

export interface Chances {
  readonly dice: Dice;
  readonly plans: readonly MitigationPlan[];
  readonly repairs: readonly MitigationPlan[];
  /** In a hundred. */
  readonly crash: number;
  readonly trouble: number;
}

export function newWorld(): World {
  const events = exampleEvents([]);
  const now = (events[0]?.at ?? 0) + 1000;
  return { objects: new Map(), events, now, startedAt: now, steps: 0, crashes: 0, wrongs: [] };
}

export function incidentIn({ events }: World): Incident {
  const incident = incidentOf(events);
  if (incident === undefined) throw new Error('The first event opens the incident.');
  return incident;
}

/** Whoever is killed at the same step for ever never comes to rest, and need not. */
const mostCrashes = 40;

/** Works as the engine does, in a world where chance decides. Ends at rest; undefined: the approver is away. */
export function work(world: World, goal: Goal, chances: Chances): Extract<Step, { readonly kind: 'rest' }> | undefined {
  world.startedAt = world.now;
  for (let count = 0; count < 3000; count += 1) {
    world.steps += 1;
    world.now += 1000;
    const incident = incidentIn(world);
    const step = nextStep(incident, goal, { now: world.now, startedAt: world.startedAt, patience: testPatience });
    if (step.kind === 'rest') return step;
    if (!carryOut(step, incident, { world, chances })) return undefined;
  }
  throw new Error('It never came to rest.');
}

interface Place {
  readonly world: World;
  readonly chances: Chances;
}

function record({ world }: Place, happening: IncidentHappening): void {
  world.now += 100;
  world.events = [...world.events, { at: world.now, by: 'stanch', ...happening }];
}

/** A process that dies and comes back knows the events alone. */
function dies({ world, chances }: Place): boolean {
  if (world.crashes >= mostCrashes || chances.dice() >= chances.crash) return false;
  world.crashes += 1;
  world.now += 5000;
  world.startedAt = world.now;
  return true;
}

function carryOut(step: Exclude<Step, { readonly kind: 'rest' }>, incident: Incident, place: Place): boolean {
  const { world, chances } = place;
  const { dice } = chances;
  if ('pauseMilliseconds' in step) world.now += step.pauseMilliseconds;
  if (dies(place)) return true;
  switch (step.kind) {
    case 'investigate':
      record(place, exampleInvestigated(step.why));
      return true;
    case 'choose-plan': {
      const tried = [...incident.attempts, ...incident.unfit].map(({ plan }) => plan);
      const plan = (step.purpose === 'mitigate' ? chances.plans : chances.repairs).find((each) => !tried.includes(each));
      if (plan === undefined) record(place, { kind: 'no-plan', purpose: step.purpose, because: 'No plan fits.' });
      else if (dice() < chances.trouble) record(place, { kind: 'plan-unfit', plan, because: 'The dry run refused it.' });
      else record(place, exampleChoice(incident.attempts.length + 1, plan, step.purpose));
      return true;
    }
    case 'seek-approval': {
      const attempt = step.attempt.number;
      if (dice() < chances.trouble) record(place, { kind: 'declined', attempt, because: 'No.', isSuperseded: dice() < 50 });
      else {
        const knowing = step.attempt.unsaved.length === 0 ? {} : ({ isWithoutEvidence: true } as const);
        record(place, { kind: 'approved', attempt, approval: { by: 'ada', how: 'human', at: world.now, ...knowing } });
      }
      return true;
    }
    case 'save-evidence': {
      const lost = { pod: { kind: 'Pod', name: 'cart-1' }, because: 'forbidden', isOnlyTrace: true };
      const unsaved = dice() < chances.trouble ? { unsaved: [lost] } : {};
      record(place, { kind: 'evidence-saved', attempt: step.attempt.number, path: 'somewhere', ...unsaved });
      return true;
    }
    case 'change':
      change(step, place);
      return true;
    case 'look-up':
      lookUp(step, place);
      return true;
    case 'observe':
      record(place, {
        kind: 'observed',
        attempt: step.attempt.number,
        observation: exampleObservation(world.now, isHelping(step.attempt, place)),
      });
      return true;
    case 'check-gate':
      record(place, { kind: 'gate-checked', attempt: step.attempt.number, proofs: proofs(dice()) });
      return true;
    case 'record':
      record(place, step.happening);
      return true;
    case 'close':
      record(place, { kind: 'closed', looseEnds: [], followUps: [] });
      return true;
  }
}

/** Half of all attempts help, whatever happens around them. */
function isHelping({ number }: Attempt, { chances }: Place): boolean {
  return (number + chances.plans.length) % 2 === 0 || chances.trouble === 0;
}

function proofs(chance: number): readonly Proof[] {
  if (chance < 10) return [];
  const holds = chance < 40 ? 'no' : chance < 50 ? 'cannot-tell' : 'yes';
  return [{ id: 'it', claim: 'it is whole', holds, because: [] }];
}

function change(step: Extract<Step, { readonly kind: 'change' }>, place: Place): void {
  const { world, chances } = place;
  const { attempt, index, direction } = step;
  const object = objectOf(attempt, index, world);
  world.wrongs = [...world.wrongs, ...wrongsOf(step)];
  record(place, { kind: 'change-begun', attempt: attempt.number, index, direction });
  if (dies(place)) return;
  const isTroubled = chances.dice() < chances.trouble;
  const trouble = (['held-back', 'refused', 'overtaken', 'unknown'] as const)[chances.dice() % 4];
  if (isTroubled && trouble === 'overtaken') object.state = 'other';
  const isWritten =
    object.state === (direction === 'do' ? 'before' : 'after') && (!isTroubled || (trouble === 'unknown' && chances.dice() < 50));
  if (isWritten) {
    object.state = direction === 'do' ? 'after' : 'before';
    if (direction === 'do') object.writes += 1;
  }
  if (dies(place) || (isTroubled && trouble === 'unknown')) return;
  const state = isTroubled ? (trouble ?? 'refused') : isWritten ? 'done' : 'overtaken';
  record(place, { kind: 'change-ended', attempt: attempt.number, index, direction, result: { state, detail: state } });
}

function lookUp({ attempt, index, direction }: Extract<Step, { readonly kind: 'look-up' }>, place: Place): void {
  const { world, chances } = place;
  const { state } = objectOf(attempt, index, world);
  const wanted = direction === 'do' ? 'after' : 'before';
  const seen = state === 'other' ? 'overtaken' : state === wanted ? 'done' : 'not-done';
  const isBlind = chances.dice() < chances.trouble / 4;
  world.now += isBlind ? 120_000 : 0;
  const result = isBlind ? 'unknown' : seen;
  record(place, { kind: 'change-ended', attempt: attempt.number, index, direction, result: { state: result, detail: result } });
}

export function objectOf(
  { number }: Pick<Attempt, 'number'>,
  index: number,
  { objects }: World,
): { state: 'before' | 'after' | 'other'; writes: number } {
  const key = `${number}/${index}`;
  const known = objects.get(key) ?? { state: 'before' as const, writes: 0 };
  objects.set(key, known);
  return known;
}

/** What must never be asked of an actuator. */
function wrongsOf({ attempt, index, direction }: Extract<Step, { readonly kind: 'change' }>): readonly string[] {
  const { approval, plan, declined, undoAsked, done, evidencePath } = attempt;
  const progress = done[index];
  const isUndo = direction === 'undo';
  const rules: readonly (readonly [boolean, string])[] = [
    [approval === undefined, 'nobody approved it'],
    [isBlocked(plan), 'it is blocked'],
    [declined !== undefined, 'it was declined'],
    [isUndo && undoAsked === undefined, 'nobody asked to undo it'],
    [!isUndo && undoAsked !== undefined, 'it is being put back'],
    [!isUndo && progress !== undefined && isCarriedOut(progress), 'it is carried out already'],
    [!isUndo && plan.changes.some(destroysPods) && evidencePath === undefined, 'its evidence is not saved'],
    [!isUndo && needsConsentToLoss(attempt), 'nobody knew that its evidence could not be saved'],
  ];
  return rules.flatMap(([isBroken, says]) => (isBroken ? [`${plan.id} ${direction} ${index}: ${says}`] : []));
}
