import { describe, expect, it } from 'vitest';
import { minutesAgo, snapshotOf } from '../domain/example.ts';
import { exampleService } from '../domain/example-network.ts';
import { examplePod } from '../domain/example-objects.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const well = 'INFO handled request in 12 ms';
const refused = 'ERROR: cannot execute INSERT in a read-only transaction (SQLSTATE 25006)';

/** One line per minute, the latest just now. */
function logOf(
  name: string,
  lines: readonly string[],
): { readonly namespace: string; readonly pod: string; readonly container: string; readonly text: string } {
  const text = lines.map((line, index) => `${minutesAgo(lines.length - index)} ${line}`).join('\n');
  return { namespace: 'shop', pod: `cart-7f9-${name}`, container: 'app', text };
}

/** Two replicas of cart, Ready for five hours, that nobody was paged for. */
function answerTo(logs: { readonly [replica: string]: readonly string[] }): string {
  const pods = Object.keys(logs).map((name, index) =>
    examplePod({
      name: `cart-7f9-${name}`,
      node: `node-${index + 1}`,
      startedMinutesAgo: 300,
      labels: { app: 'cart', 'pod-template-hash': '7f9' },
      container: { env: [{ name: 'DATABASE_URL', value: 'postgres://pg:5432/cart' }] },
    }),
  );
  const given = {
    nodes: [],
    pods,
    services: [exampleService({ name: 'pg', ports: [{ port: 5432 }] })],
    'container-logs': Object.entries(logs).map(([name, lines]) => logOf(name, lines)),
  };
  const { outcome, hypotheses } = diagnose(assess(nobodyAsked, snapshotOf(given)), catalogue);
  return outcome === 'explained' ? (hypotheses[0]?.failureMode ?? '') : outcome;
}

const broken = [...Array.from({ length: 20 }, () => well), ...Array.from({ length: 12 }, () => refused)];

describe('replicas that are all Ready, while nobody was paged', () => {
  it('are not healthy where each of them worked and speaks of little but its database since', () => {
    expect(answerTo({ a: broken, b: broken })).toBe('dependency-read-only');
  });

  it('are healthy where the complaint is as old as their log: they have lived with it', () => {
    const always = Array.from({ length: 20 }, () => refused);
    expect(answerTo({ a: always, b: always })).toBe('healthy');
  });

  it('are healthy where one request in many is refused', () => {
    const seldom = Array.from({ length: 40 }, (_line, index) => (index % 10 === 5 ? refused : well));
    expect(answerTo({ a: seldom, b: seldom })).toBe('healthy');
  });

  it('are healthy where the complaints stopped a while ago', () => {
    const over = [...broken, ...Array.from({ length: 15 }, () => well)];
    expect(answerTo({ a: over, b: over })).toBe('healthy');
  });

  it('are not all concerned where one of them complains of nothing', () => {
    expect(answerTo({ a: broken, b: Array.from({ length: 32 }, () => well) })).not.toBe('dependency-read-only');
  });
});
