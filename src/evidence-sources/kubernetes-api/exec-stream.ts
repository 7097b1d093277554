import { WebSocket } from 'undici';
import { plainText } from '../../domain/plain-text.ts';
import { redactText } from '../../domain/redaction.ts';
import { isRecord } from '../../domain/shape.ts';
import type { BoundedProgram, ContainerPlace, ProgramOutcome } from '../../ports/pod-access.ts';
import type { ApiClient } from './api-client.ts';
import type { Connection } from './connection.ts';
import { becauseOf } from './read-list.ts';

export interface ExecParts {
  readonly connection: Connection;
  readonly api: ApiClient;
}

/** The API server's two remote command protocols over WebSocket, better one first. The older one cannot close standard input, which is not needed. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const channels = { input: 0, output: 1, complaints: 2, status: 3 } as const;

/** Output may still be on its way when the exit status arrives; the server closes right after it. */
const closeMilliseconds = 2_000;
const complaintBytes = 4096;

/** Starts a program in a container through the API server and reads what it prints. Never throws and never outlives its bounds. */
export async function runInContainer(
  parts: ExecParts,
  place: ContainerPlace,
  program: BoundedProgram,
  signal: AbortSignal,
): Promise<ProgramOutcome> {
  const path = execPath(place, program.argv);
  const where = `container ${place.container} of pod ${place.namespace}/${place.pod}`;
  const dialing = await parts.connection.dial(signal);
  if (dialing.state === 'broken')
    return {
      state: 'failed',
      because: dialing.because === 'no-credentials' ? 'forbidden' : 'timed-out',
      detail: `${where}: ${dialing.detail}`,
    };
  const { address, headers, dispatcher } = dialing;
  const socket = new WebSocket(address.replace(/^http/, 'ws') + path, { protocols, headers: { ...headers }, dispatcher });
  const stream = await streamOf(socket, program, signal);
  if (stream.hasOpened) return outcomeOf(stream, where);
  if (stream.ending === 'time') return { state: 'failed', because: 'timed-out', detail: `${where}: no connection came about in time` };
  return { state: 'failed', ...(await whyRefused(parts.api, path, where, signal)) };
}

function execPath({ namespace, pod, container }: ContainerPlace, argv: readonly string[]): string {
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', stderr: 'true', tty: 'false' });
  for (const word of argv) query.append('command', word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query.toString()}`;
}

interface Stream {
  readonly hasOpened: boolean;
  readonly output: string;
  readonly bytes: number;
  readonly complaints: string;
  /** The server's last word, as JSON. Empty: the connection ended without it. */
  readonly status: string;
  readonly ending: 'closed' | 'cut' | 'time';
}

function streamOf(socket: WebSocket, program: BoundedProgram, signal: AbortSignal): Promise<Stream> {
  return new Promise((resolve) => {
    const kept = { [channels.output]: [] as Buffer[], [channels.complaints]: [] as Buffer[], [channels.status]: [] as Buffer[] };
    let [bytes, complained, hasOpened] = [0, 0, false];
    const text = (parts: readonly Buffer[], limit: number): string => Buffer.concat(parts).subarray(0, limit).toString('utf8');
    const settle = (ending: Stream['ending']): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onTime);
      resolve({
        hasOpened,
        bytes,
        ending,
        output: text(kept[channels.output], program.outputBytes),
        complaints: text(kept[channels.complaints], complaintBytes),
        status: text(kept[channels.status], complaintBytes),
      });
      socket.close();
    };
    const onTime = (): void => settle('time');
    let timer = setTimeout(onTime, program.totalMilliseconds);
    signal.addEventListener('abort', onTime, { once: true });
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      hasOpened = true;
      socket.send(Buffer.concat([Buffer.from([channels.input]), Buffer.from(program.input)]));
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = data instanceof ArrayBuffer ? Buffer.from(new Uint8Array(data)) : Buffer.from(String(data));
      const [channel, content] = [frame[0], frame.subarray(1)];
      if (channel === channels.output) {
        bytes += content.length;
        kept[channel].push(content);
        if (bytes >= program.outputBytes) settle('cut');
      } else if (channel === channels.complaints && complained < complaintBytes) {
        complained += content.length;
        kept[channel].push(content);
      } else if (channel === channels.status && content.length > 0) {
        kept[channel].push(content);
        clearTimeout(timer);
        timer = setTimeout(() => settle('closed'), closeMilliseconds);
      }
    });
    // An error is always followed by the end of the connection.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', () => settle('closed'));
    if (signal.aborted) onTime();
  });
}

function outcomeOf({ output, bytes, complaints, status, ending }: Stream, where: string): ProgramOutcome {
  const all = `${complaints} ${status === '' ? '' : messageIn(status)}`;
  // The layers in between each put their words before those of the runtime.
  const said = spoken(all.replace(/^.*unable to start container process: /s, ''));
  if (output !== '') return { state: 'ran', output, bytes, isCut: ending !== 'closed' || status === '' };
  if (ending === 'time') return { state: 'failed', because: 'timed-out', detail: `${where}: the program did not finish within its time` };
  if (isSuccess(status)) return { state: 'ran', output, bytes, isCut: false };
  const hasNoShell = /executable file not found|no such file or directory|sh: not found|exit code 12[67]|permission denied/i.test(all);
  return hasNoShell
    ? { state: 'failed', because: 'unsupported', detail: `${where} has nothing to run it with (${said})` }
    : { state: 'failed', because: 'unreachable', detail: `${where}: ${said === '' ? 'the connection broke off' : said}` };
}

function statusIn(json: string): { readonly [field: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(json);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function isSuccess(json: string): boolean {
  return statusIn(json)['status'] === 'Success';
}

function messageIn(json: string): string {
  const { message } = statusIn(json);
  return typeof message === 'string' ? message : '';
}

function spoken(text: string): string {
  return redactText(plainText(text)).replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/** A WebSocket tells nothing of why it was refused; the same path asked for plainly does. */
async function whyRefused(
  api: ApiClient,
  path: string,
  where: string,
  signal: AbortSignal,
): Promise<Omit<Extract<ProgramOutcome, { readonly state: 'failed' }>, 'state'>> {
  const answer = await api.ask({ path, as: 'text', attempts: 1, limitBytes: 64 * 1024 }, signal);
  if (answer.state === 'no-answer') return { because: answer.because, detail: `${where}: ${answer.detail}` };
  // A server that would allow it says with 400 that this is no WebSocket.
  const isAboutUpgrade = answer.state === 'refused' && answer.status === 400 && /upgrade/i.test(answer.message);
  if (answer.state === 'refused' && !isAboutUpgrade)
    return { because: becauseOf(answer.status), detail: `${where}: ${spoken(answer.message)}` };
  return {
    because: 'unsupported',
    detail: `${where}: the way to the API server does not let WebSockets through (${answer.state === 'refused' ? spoken(answer.message) : 'it answered plainly'})`,
  };
}
