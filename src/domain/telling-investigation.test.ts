import { expect, test } from 'vitest';
import type { Incident } from './incident.ts';
import type { Investigation } from './investigation.ts';
import { tellingInvestigation } from './telling-investigation.ts';

type Looked = Pick<Incident, 'investigations' | 'attempts'>;

function incident(looks: readonly (readonly [at: number, outcome: Investigation['outcome']])[], appliedAt?: number): Looked {
  return {
    investigations: looks.map(([at, outcome]) => ({
      at,
      why: 'first',
      investigation: { outcome, summary: `${outcome} at ${at}` } as Investigation,
    })),
    attempts: appliedAt === undefined ? [] : [{ appliedAt } as Incident['attempts'][number]],
  };
}

test('what is well after our change does not take the place of why it failed before', () => {
  const told = (of: Looked): string | undefined => tellingInvestigation(of)?.summary;
  expect([
    told(
      incident(
        [
          [1, 'explained'],
          [5, 'healthy'],
        ],
        3,
      ),
    ),
    told(
      incident(
        [
          [1, 'cannot-tell'],
          [2, 'explained'],
          [5, 'healthy'],
          [6, 'healthy'],
        ],
        3,
      ),
    ),
    // Nothing was changed: it passed by itself, and the latest look holds.
    told(
      incident([
        [1, 'explained'],
        [5, 'healthy'],
      ]),
    ),
    // It was well before the change already.
    told(
      incident(
        [
          [1, 'explained'],
          [2, 'healthy'],
        ],
        3,
      ),
    ),
    told(
      incident(
        [
          [1, 'explained'],
          [5, 'explained'],
        ],
        3,
      ),
    ),
    told(incident([])),
  ]).toEqual(['explained at 1', 'explained at 2', 'healthy at 5', 'healthy at 2', 'explained at 5', undefined]);
});
