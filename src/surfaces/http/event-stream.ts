import type { FastifyReply } from 'fastify';

export interface EventStream {
  /** Resolves once there is room for more, so that a slow reader slows down who writes. `id`: absent: it cannot be resumed from here. */
  readonly send: (event: string, data: unknown, id?: number) => Promise<void>;
  readonly end: () => void;
  /** Aborted when the reader is gone. */
  readonly gone: AbortSignal;
}

/** Begins an answer of server-sent events. */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  // A reader that goes away in the middle of a write is no error of ours.
  raw.on('error', () => gone.abort());
  raw.writeHead(200, {
    ...headersOf(reply),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // A proxy that collects what it is given would make a stream of nothing.
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  return {
    send: (event, data, id) => {
      if (gone.signal.aborted) return Promise.resolve();
      // JSON holds no line feed outside of what it escapes, so that one line is the whole of it.
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      return raw.write(text) ? Promise.resolve() : drained(raw, gone.signal);
    },
    end: () => void raw.end(),
    gone: gone.signal,
  };
}

function drained(raw: FastifyReply['raw'], gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      raw.off('drain', finish);
      gone.removeEventListener('abort', finish);
      resolve();
    };
    raw.once('drain', finish);
    gone.addEventListener('abort', finish);
  });
}

function headersOf(reply: FastifyReply): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
