import type { ServerResponse } from 'node:http';
import type { TimelineEntry } from '../../src/surfaces/http/contract.ts';
import type { ToldIncident } from './told-incident.ts';

const aliveEveryMilliseconds = 10_000;

interface News {
  readonly entries: readonly TimelineEntry[];
  readonly progress: string | undefined;
}

/** The open server-sent streams of all incidents. */
export class IncidentStreams {
  readonly #open = new Map<ServerResponse, string>();
  /** How many were opened so far. */
  count = 0;
  #isSilent = false;

  open(told: ToldIncident, from: number, response: ServerResponse): void {
    this.count += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 300\n\n');
    writeEntries(
      response,
      told.entries.filter(({ position }) => position >= from),
    );
    this.#open.set(response, told.view.id);
    const alive = setInterval(() => {
      if (!this.#isSilent) response.write('event: alive\ndata: {}\n\n');
    }, aliveEveryMilliseconds);
    response.on('close', () => {
      clearInterval(alive);
      this.#open.delete(response);
    });
  }

  tell(incident: string, { entries, progress }: News): void {
    if (this.#isSilent) return;
    for (const [response, of] of this.#open) {
      if (of !== incident) continue;
      writeEntries(response, entries);
      response.write('event: view\ndata: {}\n\n');
      if (progress !== undefined) response.write(`event: progress\ndata: ${JSON.stringify({ text: progress })}\n\n`);
    }
  }

  fallSilent(): void {
    this.#isSilent = true;
  }
}

/** The id comes with the last entry of a position: whoever takes up a broken stream then misses none of its parts. */
function writeEntries(response: ServerResponse, entries: readonly TimelineEntry[]): void {
  for (const [index, entry] of entries.entries()) {
    const isLastOfPosition = entries[index + 1]?.position !== entry.position;
    response.write(`event: entry\n${isLastOfPosition ? `id: ${entry.position}\n` : ''}data: ${JSON.stringify(entry)}\n\n`);
  }
}
