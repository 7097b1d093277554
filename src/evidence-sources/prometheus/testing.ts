import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EvidenceSource } from '../../ports/evidence-source.ts';
import type { AlertRules } from '../../ports/alert-rules.ts';
import type { PrometheusLimits } from './ask-prometheus.ts';
import { readPrometheusAddress } from './prometheus-address.ts';
import { prometheusSource } from './prometheus-source.ts';

/** One question as it arrived. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly parameters: { readonly [name: string]: string };
  readonly authorization: string | undefined;
}

export type Respond = (asked: Asked, response: ServerResponse) => void;

/** A server on the loopback that answers as the test says and remembers what it was asked. */
export interface ScriptedServer {
  readonly address: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

export async function serve(respond: Respond): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const parameters = Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
      const one: Asked = { method: request.method ?? '', path: url.pathname, parameters, authorization: request.headers.authorization };
      asked.push(one);
      respond(one, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

/** As Prometheus wraps every success. */
export function success(response: ServerResponse, data: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'success', data }));
}

/** As Prometheus wraps every failure of its own. */
export function failure(response: ServerResponse, status: number, errorType: string, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'error', errorType, error }));
}

export const tightLimits: PrometheusLimits = { timeoutMilliseconds: 150, answerBytes: 64 * 1024 };

export function sourceAt(
  written: string,
  given: { readonly token?: string; readonly limits?: PrometheusLimits } = {},
): EvidenceSource & AlertRules {
  const reading = readPrometheusAddress(written, given.token);
  if (reading.state === 'refused') throw new Error(reading.happened);
  return prometheusSource(reading.address, given.limits ?? tightLimits);
}
