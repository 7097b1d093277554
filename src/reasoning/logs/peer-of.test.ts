import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerOf } from './peer-of.ts';

const written: readonly (readonly [line: string, host: string | undefined, port: number | undefined])[] = [
  ['FATAL: database connection refused: ECONNREFUSED 10.96.45.12:5432', '10.96.45.12', 5432],
  ['error retrieving resource lock kube-system/dns: etcdserver: request timed out', 'kubernetes.default.svc', undefined],
  [
    'failed to list *v1.Secret: the server has received too many requests and has asked us to try again later (get secrets)',
    'kubernetes.default.svc',
    undefined,
  ],
  ['dial tcp 10.0.0.1:5432: connect: connection refused', '10.0.0.1', 5432],
  ['dial tcp [::1]:6379: connect: connection refused', '::1', 6379],
  ['dial tcp: lookup db.shop on 10.96.0.10:53: no such host', 'db.shop', undefined],
  ['dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.1.5:40001->10.96.0.10:53: i/o timeout', 'db', undefined],
  ['read tcp 10.244.1.5:40001->10.96.1.7:9042: read: connection reset by peer', '10.96.1.7', 9042],
  ['Error: getaddrinfo ENOTFOUND orders.shop.svc.cluster.local', 'orders.shop.svc.cluster.local', undefined],
  ['ORA-12541: Cannot connect. No listener at host db.example port 1521.', 'db.example', 1521],
  ['connection to server at "db" (10.96.1.2), port 5432 failed: Connection refused', 'db', 5432],
  ['Is the server running on host "db" (10.96.1.2) and accepting TCP/IP connections on port 5432?', 'db', 5432],
  ['could not translate host name "db" to address: Name or service not known', 'db', undefined],
  ["HTTPConnectionPool(host='api', port=8080): Max retries exceeded with url: /", 'api', 8080],
  ["Can't connect to MySQL server on 'db:3306' (111)", 'db', 3306],
  ["ConnectionRefusedError: [Errno 111] Connect call failed ('10.0.0.1', 5672)", '10.0.0.1', 5672],
  ["Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)", 'db', undefined],
  ['Connection to db:5432 refused. Check that the hostname and port are correct', 'db', 5432],
  ['finishConnect(..) failed: Connection refused: cart/10.96.1.1:8080', 'cart', 8080],
  ['Errno::ECONNREFUSED: Connection refused - connect(2) for "db" port 5432', 'db', 5432],
  ['curl: (7) Failed to connect to api port 8080 after 3 ms: Connection refused', 'api', 8080],
  ['curl: (6) Could not resolve host: api', 'api', undefined],
  ["wget: bad address 'api:8080'", 'api', 8080],
  ["wget: can't connect to remote host (10.0.0.1): Connection refused", '10.0.0.1', undefined],
  ['upstream: "http://10.0.0.1:8080/", host: "shop.example"', '10.0.0.1', 8080],
  ['nginx: [emerg] host not found in upstream "cart" in /etc/nginx/conf.d/default.conf:12', 'cart', undefined],
  ['last error: UNKNOWN: ipv4:10.0.0.1:50051: Failed to connect to remote host: Connection refused', '10.0.0.1', 50051],
  ['java.net.UnknownHostException: db.shop.svc: Name or service not known', 'db.shop.svc', undefined],
  ["errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.0.0.1', port: 5432", '10.0.0.1', 5432],
  ['could not connect: amqp://app:‹redacted›@rabbit:5672/', 'rabbit', 5672],
  ['<error>: TSocket::open() connect() <Host: user-service Port: 9090>: Connection refused', 'user-service', 9090],
  ["** server can't find db.shop.svc.cluster.local: NXDOMAIN", 'db.shop.svc.cluster.local', undefined],
  ['kafka:9092/bootstrap: Connect to ipv4#10.0.0.1:9092 failed: Connection refused', 'kafka', 9092],
  ['sasl_ssl://kafka-0.kafka.streams.svc:9093/1: Connect to ipv4#10.0.0.1:9093 failed', 'kafka-0.kafka.streams.svc', 9093],
  ['Unable to connect to redis.cache.svc/<unresolved>:6379', 'redis.cache.svc', 6379],
  ['Request rate limit exceeded. Learn more about rate limits here: https://vendor.example/docs/limits', undefined, undefined],
  ['2026-03-01 10:00:00 ERROR main.go:123 connection refused', undefined, undefined],
  ['listen tcp 0.0.0.0:8080: bind: address already in use', undefined, undefined],
  ['ERROR 10:00:05 connection refused', undefined, undefined],
];

describe('the peer of a line', () => {
  it.each(written)('%s', (line, host, port) => {
    expect(peerOf(line)).toEqual({ host, port });
  });

  it('is found in any text without failing, and a port is always one that exists', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (line) => {
        const { port } = peerOf(line);
        expect(port === undefined || (port >= 1 && port <= 65_535)).toBe(true);
      }),
    );
  });

  it('is read from any address and port that Go dials', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 10, max: 65_535 }), (host, port) => {
        fc.pre(host !== '0.0.0.0');
        expect(peerOf(`dial tcp ${host}:${port}: connect: connection refused`)).toEqual({ host, port });
      }),
    );
  });
});

it('takes no time of day for a peer', () => {
  expect(
    peerOf(
      '{"time":"2025-02-02T02:45:58.294Z","msg":"failed to connect to `user=wms database=wms`: dial tcp 10.96.0.58:5432: connect: connection refused"}',
    ),
  ).toEqual({ host: '10.96.0.58', port: 5432 });
});
