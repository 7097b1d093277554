import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import type { FailureMode } from '../domain/failure-mode.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';

/** Groups whose examples hold enough of a cluster to be worked from the page to the cause. */
const groups = ['workload', 'rollout', 'scheduling'];
const files = new Set(
  groups.flatMap((group) => readdirSync(new URL(`./${group}/`, import.meta.url)).map((file) => file.replace(/\.ts$/, ''))),
);
const causes = (catalogue as unknown as readonly FailureMode[]).filter((mode) => mode.role === 'cause' && files.has(mode.id));

function firstAnswer(given: ExampleEvidence): string | undefined {
  const question = {
    alert: given['judged-alert']?.alert,
    alertExpression: undefined,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
  const [first] = diagnose(assess(question, snapshotOf(given)), catalogue).hypotheses;
  return first?.isRoot === true ? first.failureMode : undefined;
}

describe('the whole catalogue on the example of one mode', () => {
  it.each(causes.flatMap((mode) => mode.recognises.map((example) => [mode.id, example.story, example.given] as const)))(
    'puts %s first: %s',
    (id, _story, given) => {
      expect(firstAnswer(given)).toBe(id);
    },
  );
});
