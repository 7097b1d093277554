import { describe, expect, it } from 'vitest';
import { exampleEvent } from './example-happenings.ts';
import { examplePod } from './example-objects.ts';
import { collect } from './collection.ts';
import { container } from './kubernetes/pod-template.ts';
import { event } from './kubernetes/workload.ts';
import { pod } from './kubernetes/pod.ts';
import { portsInLog, probeFailures, standingOfPort } from './probe-failures.ts';
import type { Replica } from './replica.ts';

const replica: Replica = {
  pod: pod.read(examplePod({ name: 'cart-7f9-a' })),
  workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  revision: '7f9',
  health: 'failing',
  troubles: [],
  failingSince: undefined,
};

function outcomeOf(words: string): string | undefined {
  const told = exampleEvent({ about: { kind: 'Pod', name: 'cart-7f9-a' }, reason: 'Unhealthy', message: words });
  const [failure] = probeFailures(replica, collect([event.read(told)]), Date.parse('2026-03-01T10:00:00Z'));
  return failure === undefined
    ? undefined
    : `${failure.probe} ${failure.outcome}${failure.statusCode === undefined ? '' : ` ${failure.statusCode}`}`;
}

describe('a failing probe', () => {
  it.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 404', 'readiness status 404'],
    ['Liveness probe failed: Get "http://10.1.1.1:80/": dial tcp 10.1.1.1:80: connect: connection refused', 'liveness refused'],
    ['Startup probe failed: dial tcp 10.1.1.1:80: connect: connection refused', 'startup refused'],
    [
      'Readiness probe failed: Get "http://10.1.1.1:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'readiness timed-out',
    ],
    ['Liveness probe failed: command timed out: "sleep 5" timed out after 1s', 'liveness timed-out'],
    ['Readiness probe failed: Get "https://10.1.1.1:80/": http: server gave HTTP response to HTTPS client', 'readiness wrong-protocol'],
    [
      'Liveness probe errored: rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown',
      'liveness no-command',
    ],
    ["Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory", 'liveness command-failed'],
    ['Readiness probe errored: strconv.Atoi: parsing "web": invalid syntax', 'readiness no-such-port'],
  ])('%s: %s', (words, outcome) => {
    expect(outcomeOf(words)).toBe(outcome);
  });

  it('is not seen in other events', () => {
    expect(outcomeOf('Back-off restarting failed container')).toBeUndefined();
  });
});

describe('the port that a probe asks', () => {
  const declared = container.read({ name: 'app', ports: [{ name: 'web', containerPort: 8080 }] });

  it.each([
    [8080, 'declared'],
    ['8080', 'declared'],
    ['web', 'declared'],
    [9090, 'undeclared'],
    ['api', 'name-missing'],
    [undefined, 'unknown'],
  ] as const)('%s is %s', (port, standing) => {
    expect(standingOfPort(declared, port)).toBe(standing);
  });

  it('is unknown where the container declares none', () => {
    expect(standingOfPort(container.read({ name: 'app' }), 9090)).toBe('unknown');
  });

  it.each([
    ['listening on :8080', 8080],
    ['Server listening on port 3000', 3000],
    ['Tomcat started on port(s): 8081 (http)', 8081],
    ['INFO: Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)', 8000],
    ['Now listening on: http://[::]:5000', 5000],
    ['{"address":":8080","level":"info","message":"listening","stock":"http://stock:9090","time":"2026-03-01T15:55:05.544Z"}', 8080],
    ['{"level":"info","message":"listening","time":"2026-03-01T15:55:05.544Z"}', undefined],
    ['level=info msg="Server started" port=9090', 9090],
    ['   - Local:        http://localhost:3000', 3000],
    ['Starting development server at http://0.0.0.0:8000/', 8000],
    ['Serving HTTP on :: port 8000 (http://[::]:8000/) ...', 8000],
    ['Listening for jobs on amqp://rabbit:5672', undefined],
    ['listening to notifications of postgres.data.svc:5432', undefined],
    ['API available at http://gateway.shop:8080', undefined],
    ['connecting to db:5432', undefined],
    ['listen tcp :80: bind: address already in use', undefined],
    ['2026-03-01 10:00:15 started', undefined],
  ])('is told by the program: %s', (line, port) => {
    const log = { namespace: 'shop', pod: 'a', container: 'app', isPrevious: false, lines: [{ at: undefined, text: line }] };
    expect(portsInLog(log)[0]?.port).toBe(port);
  });
});
