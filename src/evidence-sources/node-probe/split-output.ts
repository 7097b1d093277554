import { plainText } from '../../domain/plain-text.ts';
import { redactLines } from '../../domain/redaction.ts';
import { beginLine, endLine } from './remote-script.ts';

export interface Section {
  readonly id: string;
  /** Absent: the connection broke before the command ended. */
  readonly exitStatus: number | undefined;
  /** Redacted, without control characters. */
  readonly output: string;
}

/** Cuts what the node sent at the marks of this run. What stands outside of them, such as a login banner, is dropped. */
export function splitOutput(received: string, mark: string): readonly Section[] {
  const sections: Section[] = [];
  let open: { readonly id: string; readonly lines: string[] } | undefined;
  const [begin, end] = [beginLine(mark, ''), endLine(mark)];
  for (const line of received.split('\n')) {
    if (line.startsWith(begin)) {
      open = { id: line.slice(begin.length), lines: [] };
    } else if (open !== undefined && line.startsWith(end)) {
      const status = Number(line.slice(end.length).trim());
      sections.push(section(open, Number.isInteger(status) && line.trim() !== end ? status : undefined));
      open = undefined;
    } else {
      open?.lines.push(line);
    }
  }
  return open === undefined ? sections : [...sections, section(open, undefined)];
}

function section({ id, lines }: { readonly id: string; readonly lines: readonly string[] }, exitStatus: number | undefined): Section {
  return {
    id,
    exitStatus,
    output: redactLines(lines.map((line) => plainText(line)))
      .join('\n')
      .trim(),
  };
}
