import { z } from 'zod';
import type { AnyOperation, OperationResult } from '../../engine/serve/operation.ts';
import type { McpServerInput, ToolRun } from './mcp-server.ts';

export interface RemoteServer {
  /** "https://stanch.example.com", without a slash at its end. */
  readonly address: string;
  /** An access token. */
  readonly token: string;
}

const failureShape = z.object({ error: z.object({ attempted: z.string(), happened: z.string(), whatToDo: z.string() }) });
const resultShape = z.object({ status: z.number(), body: z.unknown() });
const progressShape = z.object({ text: z.string() });

/** Runs the operations where they are at home: on the server, over its API. */
export function remoteTools(server: RemoteServer): McpServerInput['run'] {
  return async (operation, input, run) => {
    try {
      return await ask(operation, input, { server, run });
    } catch (error) {
      const because = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      const whatToDo = 'Check that it runs, and the address of --server';
      return { state: 'failed', attempted: `asking ${server.address}`, happened: `it did not answer (${because})`, whatToDo };
    }
  };
}

interface Asking {
  readonly server: RemoteServer;
  readonly run: ToolRun;
}

async function ask(
  { effect, route }: AnyOperation,
  input: Readonly<Record<string, unknown>>,
  { server, run }: Asking,
): Promise<OperationResult<unknown>> {
  const inRoute = new Set([...route.matchAll(/:(\w+)/g)].map(([, field]) => field));
  const path = route.replace(/:(\w+)/g, (_whole, field: string) => encodeURIComponent(String(input[field])));
  const others = Object.entries(input).filter(([field, value]) => !inRoute.has(field) && value !== undefined);
  const address = new URL(`${server.address}/api/v1${path}`);
  const isRead = effect === 'reads';
  if (isRead)
    for (const [field, value] of others)
      for (const each of Array.isArray(value) ? value : [value]) address.searchParams.append(field, String(each));
  const answered = await fetch(address, {
    method: isRead ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(isRead ? {} : { 'content-type': 'application/json', accept: 'text/event-stream' }),
    },
    ...(isRead ? {} : { body: JSON.stringify(Object.fromEntries(others)) }),
    // A token goes to the server that it is for, and nowhere else.
    redirect: 'error',
    signal: run.signal,
  });
  const isStream = answered.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || answered.body === null) return resultOf(answered.status, jsonOf(await answered.text()));
  return readStream(answered.body, run);
}

async function readStream(body: ReadableStream<Uint8Array>, { progress }: ToolRun): Promise<OperationResult<unknown>> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const each of events) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/m.exec(each) ?? [];
      if (event === 'progress') progress(progressShape.parse(jsonOf(data)).text);
      if (event !== 'result') continue;
      const { status, body: value } = resultShape.parse(jsonOf(data));
      return resultOf(status, value);
    }
  }
  return { state: 'failed', attempted: 'waiting for the server', happened: 'it ended the answer too early', whatToDo: 'Ask again' };
}

function resultOf(status: number, value: unknown): OperationResult<unknown> {
  if (status === 200) return { state: 'done', value };
  const failure = failureShape.safeParse(value);
  if (failure.success) return { state: 'failed', ...failure.data.error };
  return {
    state: 'failed',
    attempted: 'asking the server',
    happened: `it answered ${status}`,
    whatToDo: 'Check that it is a server of Stanch',
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
