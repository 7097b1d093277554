import type { Socket } from 'node:net';
import { failureBody } from './failures.ts';

interface Refusal {
  readonly status: string;
  readonly happened: string;
}

const malformed: Refusal = { status: '400 Bad Request', happened: 'it is no request of HTTP/1.1' };
const refusals: ReadonlyMap<unknown, Refusal> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: '408 Request Timeout', happened: 'it took too long to arrive' }],
  ['HPE_HEADER_OVERFLOW', { status: '431 Request Header Fields Too Large', happened: 'its headers are too large' }],
]);

/** Answers what Node's parser could not read, which no route and no hook ever sees, and hangs up. */
export function refuseMalformed(headers: { readonly [name: string]: string }): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const code = 'code' in error ? error.code : undefined;
    // Nobody is there any more.
    if (code === 'ECONNRESET' || socket.destroyed) return;
    const { status, happened } = refusals.get(code) ?? malformed;
    const body = JSON.stringify(failureBody({ attempted: 'reading the request', happened, whatToDo: 'Send it again in another form' }));
    const fields = {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      connection: 'close',
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    socket.destroySoon();
  };
}
