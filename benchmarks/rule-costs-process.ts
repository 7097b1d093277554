// One measurement of every rule, in a process of its own, so that each run begins with cold code. Usage: rule-costs-process.ts <pods>
import { catalogue } from '../src/catalogue/index.generated.ts';
import type { Question } from '../src/domain/alert.ts';
import type { Readings, Snapshot } from '../src/domain/evidence.ts';
import { resourceNames } from '../src/domain/kubernetes/resources.ts';
import { assess } from '../src/reasoning/assess.ts';
import { rankHypotheses } from '../src/reasoning/rank-hypotheses.ts';
import { recogniseFailureModes } from '../src/reasoning/recognise-failure-modes.ts';
import { partNames } from '../src/recording-format/evidence-names.ts';
import { syntheticSnapshot } from './in-memory.ts';

/** What one process spent, in milliseconds of CPU. */
export interface RuleCosts {
  /** Before any rule: who fails, since when, what changed; with the facts that this takes. */
  readonly assessing: number;
  /** After the rules: which finding explains which. */
  readonly ranking: number;
  readonly rules: readonly { readonly id: string; readonly verdict: string; readonly cpuMilliseconds: number }[];
}

const linesPerLog = 200;

const snapshot = withEverything(syntheticSnapshot(Number(process.argv[2])));
const question: Question = {
  alert: {
    source: 'alertmanager',
    name: 'ErrorRateHigh',
    summary: 'app-7 answers with errors',
    labels: { namespace: 'team-0', service: 'app-7' },
    startedAt: snapshot.takenAt - 600_000,
    state: 'firing',
    severity: 'critical',
    expression: undefined,
  },
  alertExpression: undefined,
  namespace: undefined,
  selector: undefined,
  lookBackMilliseconds: 3_600_000,
};

const [assessment, assessing] = timed(() => assess(question, snapshot));
const tried = catalogue.map((mode) => timed(() => recogniseFailureModes([mode], assessment.facts)));
const recognitions = tried.flatMap(([recognition]) => recognition);
const [, ranking] = timed(() => rankHypotheses(recognitions, assessment));
const costs: RuleCosts = {
  assessing,
  ranking,
  rules: tried.map(([[recognition], cpuMilliseconds]) => ({
    id: recognition?.mode.id ?? '',
    verdict: recognition?.verdict ?? '',
    cpuMilliseconds,
  })),
};
process.stdout.write(`${JSON.stringify(costs)}\n`);

function timed<Result>(work: () => Result): readonly [Result, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}

/** Every kind of evidence as read, so that every rule really runs, and the logs of those that fail and of some that do not. */
function withEverything(of: Snapshot): Snapshot {
  const empty = Object.fromEntries(
    [...resourceNames, ...partNames].map((kind) => [kind, { state: 'read', at: of.takenAt, value: [], gaps: [] }]),
  ) as Readings;
  const pods = of.readings.pods?.state === 'read' ? of.readings.pods.value : [];
  const logs = pods.slice(0, 250).map((pod) => ({
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: 'main',
    isPrevious: false,
    lines: Array.from({ length: linesPerLog }, (_line, number) => ({
      at: of.takenAt - (linesPerLog - number) * 1000,
      text:
        number === linesPerLog - 1 && pod.metadata.labels['app'] === 'app-7'
          ? 'FATAL: dial tcp 10.96.45.12:5432: connect: connection refused'
          : `request ${number} answered with 200 in ${number % 40} ms`,
    })),
  }));
  const readings = { ...empty, ...of.readings, 'container-logs': { state: 'read', at: of.takenAt, value: logs, gaps: [] } };
  return { ...of, readings: readings as Readings };
}
