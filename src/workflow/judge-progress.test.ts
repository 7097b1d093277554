import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MeasuredErrors, Observation, ReplicaCounts } from '../domain/observation.ts';
import { judgeProgress, type ProgressJudgement } from './judge-progress.ts';

const appliedAt = Date.UTC(2026, 8, 15, 2, 48);
const patience = { soakMilliseconds: 60_000, withinMilliseconds: 180_000 };

interface Seen {
  readonly replicas?: Partial<ReplicaCounts> | 'unreadable' | 'not-asked-for';
  readonly errors?: (Partial<MeasuredErrors> & { readonly value: number }) | 'unreadable' | 'not-asked-for';
  readonly alert?: 'firing' | 'quiet' | 'unreadable' | 'not-asked-for';
}

/** Well, unless something else is said. Seconds since the last change. */
function seen(second: number, { replicas = {}, errors = { value: 0.003 }, alert = 'quiet' }: Seen = {}): Observation {
  const at = appliedAt + second * 1000;
  return {
    at,
    replicas:
      typeof replicas === 'string'
        ? { state: replicas, detail: 'no answer' }
        : { state: 'seen', failing: 0, healthy: 4 - (replicas.failing ?? 0), undecided: 0, wanted: 4, ...replicas },
    errors:
      typeof errors === 'string'
        ? { state: errors, detail: 'no answer' }
        : {
            state: 'seen',
            sampledAt: at - 2000,
            isBad: errors.value > 0.05,
            threshold: 0.05,
            unit: 'share',
            everySeconds: 15,
            looksBackSeconds: 60,
            ...errors,
          },
    alert: alert === 'unreadable' || alert === 'not-asked-for' ? { state: alert, detail: 'no answer' } : { state: alert },
  };
}

const bad: Seen = { replicas: { failing: 2 }, errors: { value: 0.12 }, alert: 'firing' };
const baseline = seen(-5, bad);

function judge(observations: readonly Observation[], later = 0): ProgressJudgement {
  return judgeProgress({ appliedAt, baseline, observations }, patience, (observations.at(-1)?.at ?? appliedAt) + later);
}

/** The same, seen every five seconds. */
function seenFrom(first: number, last: number, what: Seen | ((second: number) => Seen) = {}): readonly Observation[] {
  const count = Math.floor((last - first) / 5) + 1;
  return Array.from({ length: count }, (_none, index) => {
    const second = first + index * 5;
    return seen(second, typeof what === 'function' ? what(second) : what);
  });
}

function verdict(judged: ProgressJudgement): string {
  return judged.state === 'judged' ? judged.judgement : judged.state;
}

describe('a mitigation that helps', () => {
  test('is confirmed once all three sides have been well together for the soak period', () => {
    expect(judge(seenFrom(20, 80))).toEqual({
      state: 'judged',
      judgement: 'confirmed',
      because: ['it has held for 60 s', '4 of 4 replicas Ready', "the alert's measure at 0.3 %", 'the alert is quiet'],
    });
  });

  test('says while it waits how it stands and how long it has held', () => {
    expect(judge([...seenFrom(0, 15, bad), ...seenFrom(20, 40)])).toEqual({
      state: 'waiting',
      because: ['4 of 4 replicas Ready', "the alert's measure at 0.3 %, falling", 'the alert is quiet', 'soaking 20 of 60 s'],
    });
  });

  test('says while it is not well yet what is missing', () => {
    const observations = [
      seen(0, bad),
      seen(41, { replicas: { failing: 1, undecided: 1, healthy: 2 }, errors: { value: 0.031 }, alert: 'firing' }),
    ];

    expect(judge(observations)).toEqual({
      state: 'waiting',
      because: [
        '2 of 4 replicas Ready, 1 failing, 1 starting',
        "the alert's measure at 3.1 %, falling",
        'the alert is firing',
        '41 s since the last change',
      ],
    });
  });

  test.each([
    ['a replica fails', { replicas: { failing: 1 } }],
    ['a replica is still starting', { replicas: { undecided: 1, healthy: 3 } }],
    ['a replica is missing', { replicas: { healthy: 3 } }],
    ['none is wanted any more', { replicas: { healthy: 0, wanted: 0 } }],
    ['the measure is bad', { errors: { value: 0.06 } }],
    ['the measure is too old to say anything', { errors: { value: 0.003, sampledAt: appliedAt - 60_000 } }],
    ['the alert still fires', { alert: 'firing' }],
    ['the replicas cannot be read', { replicas: 'unreadable' }],
    ['the measure cannot be read', { errors: 'unreadable' }],
    ['the alert cannot be read', { alert: 'unreadable' }],
  ] as const)('begins to soak anew when %s in between', (_what, blip) => {
    const observations = [...seenFrom(20, 60), seen(65, blip), ...seenFrom(70, 125)];

    expect(verdict(judge(observations))).toBe('waiting');
    expect(verdict(judge([...observations, seen(130)]))).toBe('confirmed');
  });

  test('is not confirmed over a time in which nobody looked', () => {
    expect(verdict(judge([seen(20), seen(100)]))).toBe('waiting');
  });

  test('is looked at again before a verdict where the last look is long ago', () => {
    expect(judge(seenFrom(20, 80), 3_600_000)).toEqual({ state: 'waiting', because: ['Nobody has looked yet.'] });
  });

  test('that began to soak in time may finish', () => {
    const observations = [...seenFrom(0, 170, bad), ...seenFrom(175, 230)];

    expect(verdict(judge(observations))).toBe('waiting');
    expect(verdict(judge([...observations, seen(235)]))).toBe('confirmed');
  });

  test('does not count replicas that are leaving, nor ask for more than are wanted', () => {
    expect(verdict(judge(seenFrom(20, 80, { replicas: { leaving: 2 } })))).toBe('confirmed');
  });

  test('counts what the alert measures as well once nothing is left to count', () => {
    expect(verdict(judge(seenFrom(20, 80, { errors: { value: 0, isEmpty: true } })))).toBe('confirmed');
  });
});

describe('sides that nobody asked for', () => {
  test('are left out, and it is said which', () => {
    expect(judge(seenFrom(20, 80, { errors: 'not-asked-for', alert: 'not-asked-for' }))).toEqual({
      state: 'judged',
      judgement: 'confirmed',
      because: [
        'it has held for 60 s',
        '4 of 4 replicas Ready',
        "the alert's measure: not watched (no answer)",
        "the alert's state: not watched (no answer)",
      ],
    });
  });

  test('confirm nothing when there is no other', () => {
    const nothing = { replicas: 'not-asked-for', errors: 'not-asked-for', alert: 'not-asked-for' } as const;

    expect(verdict(judge(seenFrom(0, 120, nothing)))).toBe('cannot-tell');
  });

  test('need as many healthy replicas as before where nobody says how many are wanted', () => {
    const counts = (healthy: number): Seen => ({ replicas: { healthy, wanted: undefined } as unknown as Partial<ReplicaCounts> });

    expect(verdict(judge(seenFrom(20, 80, counts(1))))).toBe('waiting');
    expect(verdict(judge(seenFrom(20, 80, counts(2))))).toBe('confirmed');
  });
});

describe('a mitigation that harms', () => {
  test('is judged at once when more replicas fail, seen again and again', () => {
    const worse = { replicas: { failing: 3, healthy: 1 }, errors: { value: 0.12 }, alert: 'firing' } as const;

    expect(verdict(judge([...seenFrom(0, 30, bad), ...seenFrom(35, 60, worse)]))).toBe('waiting');
    expect(judge([...seenFrom(0, 30, bad), ...seenFrom(35, 65, worse)])).toEqual({
      state: 'judged',
      judgement: 'worse',
      because: ['3 replicas fail, where 2 did before'],
    });
  });

  test('is judged sooner when no replica is left that serves', () => {
    const worse = { replicas: { failing: 4, healthy: 0 }, errors: { value: 0.12 }, alert: 'firing' } as const;

    expect(verdict(judge([...seenFrom(0, 30, bad), ...seenFrom(35, 45, worse)]))).toBe('waiting');
    expect(judge([...seenFrom(0, 30, bad), ...seenFrom(35, 50, worse)])).toEqual({
      state: 'judged',
      judgement: 'worse',
      because: ['4 replicas fail, where 2 did before'],
    });
  });

  test('is judged when the measure is clearly above what it was and what the alert allows', () => {
    const worse = { ...bad, errors: { value: 0.4 } };

    expect(judge([...seenFrom(0, 55, bad), ...seenFrom(60, 75, worse)])).toEqual({
      state: 'judged',
      judgement: 'worse',
      because: ["the alert's measure is at 40 % (bad above 5 %), where it was at 12 % before"],
    });
  });

  test.each([
    ['replicas that come and go while pods are evicted', seenFrom(0, 25, { replicas: { failing: 4 }, alert: 'firing' })],
    ['a rate whose window still fills', seenFrom(0, 55, { ...bad, errors: { value: 0.4 } })],
    ['a rate that wobbles', seenFrom(0, 120, { ...bad, errors: { value: 0.14 } })],
    [
      'a replica that falls twice as the change passes over its node, and is back after twenty seconds',
      [...seenFrom(0, 60, bad), ...seenFrom(65, 85, { ...bad, replicas: { failing: 3, healthy: 1 } }), ...seenFrom(90, 120, bad)],
    ],
    ['a single look', [...seenFrom(0, 60, bad), seen(65, { replicas: { failing: 4 } })]],
    [
      'looks that saw nothing between',
      [
        ...seenFrom(0, 60, bad),
        seen(65, { replicas: { failing: 4 } }),
        seen(75, { replicas: 'unreadable' }),
        seen(85, { replicas: { failing: 4 } }),
      ],
    ],
  ])('is not taken for one because of %s', (_what, observations) => {
    expect(verdict(judge(observations))).toBe('waiting');
  });

  test('is judged the other way round where less is worse', () => {
    const share = (value: number): Seen => ({ errors: { value, isBad: value < 0.99, threshold: 0.99, worse: 'lower' }, alert: 'firing' });
    const progress = { appliedAt, baseline: seen(-5, share(0.9)), observations: seenFrom(60, 80, share(0.5)) };

    expect(verdict(judgeProgress(progress, patience, appliedAt + 80_000))).toBe('worse');
  });
});

describe('a mitigation that does not help in time', () => {
  test('is no better', () => {
    expect(judge(seenFrom(0, 180, bad))).toEqual({
      state: 'judged',
      judgement: 'no-better',
      because: [
        '2 of 4 replicas Ready, 2 failing',
        "the alert's measure at 12 % (bad above 5 %)",
        'the alert is firing',
        'not well within 3 min',
      ],
    });
  });

  test('gets more time, once, while it clearly improves', () => {
    const improving = (second: number): Seen => ({ ...bad, replicas: {}, errors: { value: 0.12 - second * 0.0003 } });

    expect(judge(seenFrom(0, 185, improving))).toEqual({
      state: 'waiting',
      because: [
        '4 of 4 replicas Ready',
        "the alert's measure at 6.5 % (bad above 5 %), falling",
        'the alert is firing',
        "given more time, as the alert's measure is clearly better than before and still improving",
      ],
    });
    expect(verdict(judge(seenFrom(0, 270, (second) => ({ ...improving(second), errors: { value: 0.11 * 0.995 ** second + 0.04 } }))))).toBe(
      'no-better',
    );
  });

  test('gets none once it has stopped improving', () => {
    expect(verdict(judge(seenFrom(0, 185, { ...bad, replicas: { failing: 1 } })))).toBe('no-better');
  });

  test('is not called worse or no better by what could not be read', () => {
    expect(verdict(judge(seenFrom(0, 185, { errors: 'unreadable', alert: 'unreadable' })))).toBe('cannot-tell');
  });

  test('is no better although one side cannot be read, where another one is seen to be bad', () => {
    expect(verdict(judge(seenFrom(0, 185, { replicas: { failing: 2 }, errors: 'unreadable', alert: 'unreadable' })))).toBe('no-better');
  });

  test('is not taken back because an alert keeps firing after all that it measures is well', () => {
    expect(verdict(judge(seenFrom(0, 200, { alert: 'firing' })))).toBe('waiting');
    expect(verdict(judge(seenFrom(0, 270, { alert: 'firing' })))).toBe('cannot-tell');
  });

  test('is not judged by one look that failed at the end', () => {
    expect(verdict(judge([...seenFrom(150, 180), seen(185, { replicas: 'unreadable', errors: 'unreadable', alert: 'unreadable' })]))).toBe(
      'waiting',
    );
  });

  test('is given the time for which the expression looks back', () => {
    const slow = { ...bad, errors: { value: 0.12, looksBackSeconds: 300 } };

    expect(verdict(judge(seenFrom(0, 300, slow)))).toBe('waiting');
    expect(verdict(judge(seenFrom(0, 360, slow)))).toBe('no-better');
  });
});

describe('whatever is seen', () => {
  const side = fc.record({
    replicas: fc.constantFrom<NonNullable<Seen['replicas']>>({}, { failing: 1 }, { failing: 3 }, 'unreadable', 'not-asked-for'),
    errors: fc.constantFrom<NonNullable<Seen['errors']>>({ value: 0 }, { value: 0.2 }, { value: 0.5 }, 'unreadable', 'not-asked-for'),
    alert: fc.constantFrom<NonNullable<Seen['alert']>>('firing', 'quiet', 'unreadable', 'not-asked-for'),
  });

  test('nothing is confirmed but by a look at which every side that was asked for is well', () => {
    fc.assert(
      fc.property(fc.array(side, { maxLength: 20 }), side, (sides, last) => {
        const observations = [...sides, ...Array.from({ length: 14 }, () => last)].map((each, index) => seen(index * 5, each));
        const asked = Object.values(last).filter((each) => each !== 'not-asked-for');
        const isWell =
          asked.length > 0 &&
          asked.every((each) => each === 'quiet' || (typeof each === 'object' && Object.values(each).every((value) => value === 0)));

        expect(verdict(judge(observations)) === 'confirmed').toBe(isWell);
      }),
      { numRuns: 200 },
    );
  });

  test('every wait comes to an end, with reasons', () => {
    fc.assert(
      fc.property(fc.array(side, { maxLength: 20 }), side, (sides, last) => {
        const observations = [...sides, ...Array.from({ length: 70 }, () => last)].map((each, index) => seen(index * 5, each));
        const judged = judge(observations);

        expect(verdict(judged)).not.toBe('waiting');
        expect(judged.because.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
