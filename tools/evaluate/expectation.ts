import { isRecord } from '../../src/domain/shape.ts';
import { type Subject, subject } from '../../src/domain/subject.ts';
import { answerThreshold } from '../../src/reasoning/weights.ts';

/** What the author of a case says is true. Shape of expectation.json: see docs/evaluation.md. */
export interface Expectation {
  readonly outcome: 'explained' | 'healthy' | 'cannot-tell';
  /** Independent causes. Empty: nothing is wrong, or nobody can tell. */
  readonly roots: readonly ExpectedRoot[];
}

export interface ExpectedRoot {
  /** Any of these names the cause rightly. */
  readonly failureModes: readonly string[];
  /** Absent: not judged. */
  readonly subject: Subject | undefined;
}

/** Accepts `{outcome, roots}` and the whole answers that our own recordings keep under `answer`. Undefined: neither. */
export function readExpectation(raw: unknown): Expectation | undefined {
  const whole = isRecord(raw) && isRecord(raw['answer']) ? raw['answer'] : raw;
  if (!isRecord(whole)) return undefined;
  const { outcome } = whole;
  if (outcome !== 'explained' && outcome !== 'healthy' && outcome !== 'cannot-tell') return undefined;
  const roots = Array.isArray(whole['roots']) ? whole['roots'].flatMap((root) => readRoot(root) ?? []) : [];
  // What an answer of "cannot tell" lists are possibilities, not truths.
  return { outcome, roots: outcome === 'explained' ? roots : [] };
}

function readRoot(raw: unknown): ExpectedRoot | undefined {
  // Our own recordings keep the whole answer. What stands there below the threshold was read as a possibility, not as a truth.
  if (!isRecord(raw) || (typeof raw['confidence'] === 'number' && raw['confidence'] < answerThreshold)) return undefined;
  const mode = raw['failureMode'];
  const failureModes = (Array.isArray(mode) ? mode : [mode]).filter((each) => typeof each === 'string');
  const of = isRecord(raw['subject']) ? raw['subject'] : undefined;
  const named =
    of === undefined
      ? undefined
      : subject(String(of['kind']), typeof of['namespace'] === 'string' ? of['namespace'] : undefined, String(of['name']));
  return failureModes.length === 0 ? undefined : { failureModes, subject: named };
}
