import { destination, pino } from 'pino';
import type { ServerLog } from '../ports/server-log.ts';

/** One JSON object a line on standard error, so that standard output stays what the program says to people. */
export function openServerLog(): ServerLog {
  const logger = pino(
    { messageKey: 'happened', timestamp: pino.stdTimeFunctions.isoTime, base: null, formatters: { level: (level) => ({ level }) } },
    destination({ fd: process.stderr.fd, sync: true }),
  );
  return { write: (level, happened, fields = {}) => logger[level](fields, happened) };
}
