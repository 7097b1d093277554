import { z } from 'zod';
import { investigationSchema } from '../domain/investigation.ts';

/**
 * The JSON contract as a schema that programs can check. schemas/investigation.v1.schema.json is made from it.
 * Fields that are not named here are allowed: the contract grows.
 */

const moment = (description: string) => z.string().meta({ format: 'date-time', description: `${description} RFC 3339, UTC.` });
const text = (description: string) => z.string().meta({ description });
const share = (description: string) => z.number().min(0).max(1).meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });
const texts = (description: string) => z.array(z.string()).meta({ description });

const subject = z
  .looseObject({
    kind: text('Kubernetes kind; "Alert" or "External" for what lives outside the API.'),
    namespace: z.exactOptional(text('Absent: the kind is cluster-wide.')),
    name: z.string(),
  })
  .meta({ description: 'The object that a human would act on: the owner, never a pod that has one, except in lists of replicas.' });

const claim = z
  .looseObject({ says: z.string(), citing: z.array(z.string()).min(1).meta({ description: 'Keys of "evidence".' }) })
  .meta({ description: 'A statement and the evidence that it rests on. There is none without evidence.' });
const claims = (description: string) => z.array(claim).meta({ description });

const cluster = z.looseObject({
  source: z.enum(['live', 'recording', 'bundle']),
  name: z.string(),
  version: z.exactOptional(text('Version of the API server. Absent: not told.')),
});

const measured = z
  .looseObject({
    expression: text('PromQL.'),
    threshold: z.exactOptional(z.number().meta({ description: 'Absent: the alert compares with no plain number.' })),
    worse: z.exactOptional(
      z.enum(['higher', 'lower']).meta({ description: 'On which side of the threshold it is bad. Absent: there is no such side.' }),
    ),
    unit: z.exactOptional(z.enum(['share', 'percent']).meta({ description: 'share: of 1. percent: of 100. Absent: any other unit.' })),
    samples: z
      .array(z.tuple([moment('When.'), z.number()]))
      .max(240)
      .meta({ description: 'Time and value, oldest first; of many samples the worst of each stretch, and the last. Gaps are left out.' }),
  })
  .meta({ description: 'What the alert measures, to be drawn. Absent: it was not to be seen.' });

const alert = z.looseObject({
  verdict: z
    .enum(['real', 'transient', 'flapping', 'stale', 'cannot-tell', 'none'])
    .meta({ description: '"none": no alert was handed in.' }),
  name: z.exactOptional(z.string()),
  because: claims('Why the alert is judged so.'),
  wouldSettle: z.exactOptional(texts('Looks that would tell. Only with "cannot-tell".')),
  measured: z.exactOptional(measured),
});

const axis = z.looseObject({
  axis: text('A way in which replicas differ: node, zone, revision, image digest, …'),
  value: text('The value that the failing replicas have.'),
  failingWith: count('Failing replicas with this value.'),
  failingWithout: count('Failing replicas without it.'),
  healthyWith: count('Healthy replicas with this value.'),
  healthyWithout: count('Healthy replicas without it.'),
  pValue: share("One-sided Fisher's exact test."),
  adjustedPValue: share('The same, corrected for the number of axes that could have separated.'),
  verdict: z.enum(['separates', 'suggestive', 'no', 'cannot-tell']),
  confoundedWith: texts('Axes that split the replicas in exactly the same way.'),
  wouldSettle: z.exactOptional(text('The look or probe that would settle it. Absent: nothing more is needed.')),
});

const matrix = z
  .looseObject({
    axes: texts('Most telling first, in the order of the values of a row.'),
    rows: z
      .array(
        z.looseObject({
          namespace: z.string(),
          pod: z.string(),
          workload: subject,
          health: z.enum(['failing', 'healthy', 'undecided']),
          trouble: z.exactOptional(text('What is wrong with it. Absent: nothing that is known.')),
          values: z.array(z.union([z.string(), z.null()])).meta({ description: 'null: the cluster does not tell.' }),
        }),
      )
      .max(60)
      .meta({ description: 'Failing first, then undecided, then healthy.' }),
    more: z.exactOptional(count('Replicas beyond those listed. Absent: none.')),
  })
  .meta({ description: 'Every replica that was compared, with its value on every axis. Absent: no replicas were looked at.' });

const scope = z.looseObject({
  target: z.exactOptional(
    subject.meta({ description: 'Whom the alert is about. Absent: nothing fails, and the alert names nothing that exists.' }),
  ),
  failing: z.array(subject).meta({ description: 'Failing replicas.' }),
  healthy: z.array(subject).meta({ description: 'Healthy replicas of the same workload.' }),
  axes: z.array(axis).meta({ description: 'What may separate the failing from the healthy.' }),
  matrix: z.exactOptional(matrix),
});

const change = z.looseObject({
  at: moment('When it happened.'),
  kind: text('rollout, config, node, scaling, service, policy, storage, restart, quota, other.'),
  subject,
  summary: z.string(),
  standing: z.enum(['suspect', 'acquitted', 'unrelated']).meta({
    description: 'suspect: order, scope and mechanism fit. acquitted: near in time, but the evidence clears it. unrelated: neither.',
  }),
  because: claims('What shows the change, and, last, why it has its standing.'),
});

const hypothesis = z.looseObject({
  rank: z.int().min(1),
  failureMode: text('Id of a failure mode; see "stanch explain".'),
  title: z.string(),
  subject,
  confidence: share('Calibrated probability that this failure mode on this subject is a root cause.'),
  proven: z.boolean().meta({
    description: 'True: the rule has named the cause of a fault that was made in a real cluster. False: it rests on written examples.',
  }),
  root: z.boolean().meta({ description: 'True: an independent cause. False: follows from another hypothesis in the list.' }),
  explainedBy: z.array(z.int().min(1)).meta({ description: 'Ranks of the hypotheses that explain this one.' }),
  because: claims('What speaks for it, most telling first.'),
  against: claims('What speaks against it.'),
  cascade: z
    .array(z.looseObject({ from: z.string(), to: z.string(), because: claims('Why the one leads to the other.') }))
    .meta({ description: 'From cause to symptom.' }),
  contributing: claims('What did not cause it but made it possible, often long before.'),
  wouldSettle: texts('Looks that would raise or destroy this belief.'),
});

const mitigation = z.looseObject({
  id: z.string(),
  title: z.string(),
  subject,
  why: z.string(),
  because: claims('What the choice rests on.'),
  preconditions: z
    .array(z.looseObject({ claim: z.string(), holds: z.enum(['yes', 'no', 'cannot-tell']) }))
    .meta({ description: 'Anything but "yes" blocks the plan.' }),
  saveFirst: texts('Commands that save what the plan would destroy.'),
  commands: texts('Commands that carry out the plan, in order.'),
  undo: texts('Commands that take it back. Empty: nothing to put back.'),
  undoWhen: z.exactOptional(text('What must be shown before the undo is safe.')),
  expectation: text('What is seen when it has worked.'),
  reversibility: z.enum(['undoable', 'heals-itself', 'irreversible']),
  blocked: z.boolean().meta({ description: 'True: a precondition does not hold or is not known to hold; nothing may execute this plan.' }),
  warnings: texts('What is easily done wrong here.'),
  pullRequest: z.exactOptional(
    z
      .looseObject({ title: z.string(), body: text('Markdown.'), patch: text('YAML of a strategic merge patch.') })
      .meta({ description: 'The same change for the repository that owns the workload.' }),
  ),
});

const thought = z.looseObject({
  phase: z.enum(['verify', 'scope', 'what-changed', 'mitigate', 'confirm', 'diagnose', 'repair', 'write-up']),
  at: moment('When it was thought; in a replay, when the evidence was collected.'),
  question: z.string(),
  command: text('The command that would show the same.'),
  saw: text('What was seen, one fact a line.'),
  conclusion: text('What follows.'),
  citing: texts('Keys of "evidence".'),
});

const followUp = z.looseObject({
  kind: z.enum(['ticket', 'reminder', 'gate']).meta({ description: 'gate: what must be shown before something is put back.' }),
  title: z.string(),
  text: z.string(),
  due: z.exactOptional(moment('When to look at it.')),
  timeZone: z.exactOptional(text('IANA name of where whoever is reminded reads clocks. Absent: UTC.')),
});

const evidence = z.looseObject({
  source: text('Which evidence source read it.'),
  command: text('The command that would show the same.'),
  at: moment('When the cited thing happened or was true.'),
  excerpt: text('What was seen, short, secrets masked.'),
});

export const investigationShape = z
  .looseObject({
    schema: z.literal(investigationSchema),
    startedAt: moment('When the investigation began; in a replay, when the evidence was collected.'),
    finishedAt: moment('When it ended.'),
    cluster,
    outcome: z.enum(['explained', 'healthy', 'cannot-tell']),
    summary: text('One sentence that answers the page: who fails since when, because of what, and what to do first.'),
    alert,
    onset: z.exactOptional(
      z
        .looseObject({ at: moment('When the trouble began.'), because: claims('What shows it.') })
        .meta({ description: 'Absent: nothing fails, or it cannot be told since when.' }),
    ),
    scope,
    changes: z.array(change).meta({ description: 'Oldest first.' }),
    blindSpots: z
      .array(z.looseObject({ what: z.string(), why: z.string(), toSeeIt: z.string() }))
      .meta({ description: 'What could not be seen, and what would show it.' }),
    hypotheses: z.array(hypothesis).meta({ description: 'Ordered. Several independent faults are several roots.' }),
    mitigations: z.array(mitigation).meta({ description: 'Best first.' }),
    thoughts: z.array(thought).meta({ description: 'The monologue, in order.' }),
    followUps: z.array(followUp),
    evidence: z.record(z.string(), evidence),
    cost: z.looseObject({
      requests: count('Reads that were made.'),
      bytes: count('Bytes that were read.'),
      wallMilliseconds: z.number().min(0).meta({ description: '0 in a replay.' }),
    }),
  })
  .meta({ title: investigationSchema, description: 'What "stanch investigate --output json" prints.' });
