import type { ContainerLog, Gap, WhyUnreadable } from '../../domain/evidence.ts';
import type { LogRequest } from '../../ports/evidence-source.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import { readLogLines } from '../../recording-format/log-text.ts';
import type { Answer, ApiClient } from './api-client.ts';
import type { ClusterLimits } from './limits.ts';
import { becauseOf } from './read-list.ts';

export interface LogReader {
  readonly client: ApiClient;
  readonly limits: ClusterLimits;
  readonly tap: EvidenceTap | undefined;
}

export type LogsReading =
  | { readonly state: 'read'; readonly logs: readonly ContainerLog[]; readonly gaps: readonly Gap[] }
  | { readonly state: 'unreadable'; readonly because: WhyUnreadable; readonly detail: string };

/** Reads exactly these logs. A log that does not exist is an empty one; one that could not be read is a gap. */
export async function readLogs(reader: LogReader, requests: readonly LogRequest[], signal: AbortSignal): Promise<LogsReading> {
  const answers = await Promise.all(requests.map((request) => readLog(reader, request, signal)));
  const logs = answers.flatMap((answer) => (answer.state === 'read' ? [answer.log] : []));
  const gaps = answers.flatMap((answer) => (answer.state === 'read' ? answer.gaps : [answer.gap]));
  const [first] = gaps;
  return logs.length === 0 && first !== undefined
    ? { state: 'unreadable', because: first.because, detail: first.detail }
    : { state: 'read', logs, gaps };
}

type LogReading =
  | { readonly state: 'read'; readonly log: ContainerLog; readonly gaps: readonly Gap[] }
  | { readonly state: 'missing'; readonly gap: Gap };

/** How much less of a log is asked for after its end did not fit. */
const shrink = 4;

async function readLog(reader: LogReader, request: LogRequest, signal: AbortSignal): Promise<LogReading> {
  const { namespace, pod, container, isPrevious } = request;
  let { tailLines } = request;
  let answer = await ask(reader, request, tailLines, signal);
  // The server counts the limit from the beginning of the tail: what does not fit is the end, which matters most.
  while (answer.state === 'text' && answer.bytes >= reader.limits.logBytes && tailLines > 1) {
    tailLines = Math.ceil(tailLines / shrink);
    answer = await ask(reader, request, tailLines, signal);
  }
  const read = (text: string, gaps: readonly Gap[] = []): LogReading => {
    reader.tap?.log({ namespace, pod, container, isPrevious }, text);
    return { state: 'read', log: { namespace, pod, container, isPrevious, lines: readLogLines(text) }, gaps };
  };
  const gap = (because: WhyUnreadable, detail: string): Gap => {
    const what = `log of ${isPrevious ? 'the previous ' : ''}container ${container} of pod ${namespace}/${pod}`;
    return { what, because, detail: `${what}: ${detail}`, namespaces: [namespace] };
  };
  if (answer.state === 'text')
    return isApology(answer.text) ? read('', [gap('unreachable', answer.text.trim().slice(0, 300))]) : read(answer.text);
  if (answer.state === 'refused') {
    // 400 is how the kubelet says that there is nothing to show: no earlier container, not started yet, image not pulled.
    return answer.status === 400
      ? read('')
      : { state: 'missing', gap: gap(answer.status === 404 ? 'unsupported' : becauseOf(answer.status), answer.message) };
  }
  if (answer.state === 'no-answer') return { state: 'missing', gap: gap(answer.because, answer.detail) };
  return { state: 'missing', gap: gap('malformed', answer.state === 'too-large' ? answer.detail : 'the answer is no text') };
}

function ask({ client, limits }: LogReader, request: LogRequest, tailLines: number, signal: AbortSignal): Promise<Answer> {
  const { namespace, pod, container, isPrevious } = request;
  const query = new URLSearchParams({
    container,
    tailLines: String(tailLines),
    timestamps: 'true',
    limitBytes: String(limits.logBytes),
    ...(isPrevious ? { previous: 'true' } : {}),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`;
  // Twice the limit: a server that does not know limitBytes must not fill our memory. A node that is silent once stays so.
  return client.ask(
    {
      path,
      as: 'text',
      accept: 'text/plain, */*',
      limitBytes: 2 * limits.logBytes,
      attempts: Math.min(2, limits.attempts),
      answerMilliseconds: limits.logMilliseconds,
    },
    signal,
  );
}

/** The kubelet answers 200 with these words where the runtime has lost the log. They are no words of the container: those have a time before them. */
function isApology(text: string): boolean {
  return (
    /^(unable to retrieve container logs for|failed to (try resolving symlinks|open log file|get container status))/.test(text) &&
    text.trim().split('\n').length === 1
  );
}
