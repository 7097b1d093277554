// Serves a synthetic cluster as an API server does: lists in pages, metadata alone where that is asked for, logs of what
// crashes. Started by the benchmarks in a process of its own; prints its port when every page is ready.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ResourceName, resourceNames, resources } from '../src/domain/kubernetes/resources.ts';
import { isMetadataOnly } from '../src/evidence-sources/kubernetes-api/metadata-only.ts';
import { type ObjectList, syntheticCluster } from './synthetic-cluster.ts';

const cluster = syntheticCluster(Number(process.argv[2] ?? 1000));
const usualPage = 500;
const pages = new Map<string, Buffer>();
let asked = new Set<string>();

const pathOf = new Map<string, ResourceName>(
  resourceNames.flatMap((name) =>
    resources[name].versions.map((version) => {
      const { group } = resources[name];
      return [`${group === '' ? '/api' : `/apis/${group}`}/${version}/${name}`, name] as const;
    }),
  ),
);

function page(name: ResourceName, start: number, limit: number): Buffer {
  const key = `${name} ${start} ${limit}`;
  let made = pages.get(key);
  if (made === undefined) {
    const list: ObjectList = cluster[name] ?? { count: 0, at: () => ({}) };
    const end = Math.min(list.count, start + limit);
    const items = Array.from({ length: end - start }, (_item, position) => list.at(start + position));
    const next = end < list.count ? { continue: String(end), remainingItemCount: list.count - end } : {};
    const kind = isMetadataOnly(name) ? 'PartialObjectMetadataList' : `${resources[name].kind}List`;
    made = Buffer.from(JSON.stringify({ kind, apiVersion: 'v1', metadata: { resourceVersion: '2000000', ...next }, items }));
    pages.set(key, made);
  }
  return made;
}

for (const [name, list] of Object.entries(cluster)) {
  for (let start = 0; start < list.count; start += usualPage) page(name as ResourceName, start, usualPage);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const name = pathOf.get(pathname);
  if (pathname === '/version') response.end(JSON.stringify({ gitVersion: 'v1.34.1' }));
  else if (pathname === '/asked') {
    // For the benchmark itself: which lists were read since it last asked.
    response.end(JSON.stringify([...asked]));
    asked = new Set();
  } else if (name !== undefined) {
    asked.add(pathname);
    const body = page(name, Number(searchParams.get('continue') ?? 0), Number(searchParams.get('limit') ?? usualPage));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  } else if (pathname.endsWith('/log')) {
    response.end('2026-11-20T11:57:02Z starting\n2026-11-20T11:57:03Z FATAL: dial tcp 10.96.45.12:5432: connect: connection refused\n');
  } else response.writeHead(404).end('{"kind":"Status","code":404,"message":"not found"}');
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
