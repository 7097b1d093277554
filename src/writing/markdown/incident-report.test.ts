import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { exampleNight, exampleWrongTurn } from '../example-night.ts';
import { writeIncidentReport } from './incident-report.ts';

const id = '2026-09-15-0247-payment-service-k3f9';

function incidentAfter(events: readonly IncidentEvent[]): Incident {
  const incident = incidentOf(events);
  if (incident === undefined) throw new Error('The first event opens the incident.');
  return incident;
}

test.each([
  ['night', exampleNight()],
  ['wrong-turn', exampleWrongTurn()],
] as const)('the notes of a whole incident read as they should: %s', async (name, events) => {
  await expect(writeIncidentReport(id, incidentAfter(events))).toMatchFileSnapshot(`../golden/incident-report-${name}.md`);
});

test('notes can be written at any moment', () => {
  const night = exampleNight();
  const all = night.map((_event, index) => writeIncidentReport(id, incidentAfter(night.slice(0, index + 1))));

  expect(all.filter((notes) => !notes.startsWith('# Incident: PaymentServiceErrors'))).toEqual([]);
});

test('what people noted is in it, the latest of it, as a quotation whose headings are none of ours', () => {
  const notes = (minute: number, text: string): IncidentEvent => {
    return { kind: 'notes-written', at: Date.UTC(2026, 8, 15, 2, minute), by: 'ada', text };
  };
  const report = writeIncidentReport(
    id,
    incidentAfter([...exampleNight(), notes(58, 'the first draft'), notes(59, '## For tomorrow\r\n\r\n- ask *platform*\u001b[2J\n')]),
  );

  expect(report).toContain(
    '## What people noted\n\n> ## For tomorrow\n>\n> - ask *platform*\n\nWritten by ada, 2026-09-15 02:59:00 UTC.\n\n## ',
  );
  expect(report).not.toContain('the first draft');
});

test('notes that were emptied again are none', () => {
  const emptied: IncidentEvent = { kind: 'notes-written', at: Date.UTC(2026, 8, 15, 3), by: 'ada', text: ' \n' };
  expect(writeIncidentReport(id, incidentAfter([...exampleNight(), emptied]))).not.toContain('What people noted');
});

test('hostile text stays text', () => {
  const pieces = fc.array(
    fc.constantFrom('<script>', '`', '```', '|', '\n## owned\n', '[x](javascript:1)', '\u001b[31m', '\\', '**', '\u202e'),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const notes = writeIncidentReport(id, incidentAfter(exampleNight(parts.join(''))));
      const lines = notes.replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, 'block').split('\n');
      const outsideCode = lines
        .join('\n')
        .replaceAll(/<code>[^<]*<\/code>/g, 'code')
        .replace(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, 'x');

      expect(notes).not.toMatch(/[\u001b\u202e]/);
      expect(lines.filter((line) => line.startsWith('## owned'))).toEqual([]);
      expect(outsideCode.replaceAll(/<a id="evidence-\d+"><\/a>/g, '').replaceAll(/\]\(#evidence-\d+\)/g, '')).not.toMatch(/<[a-z]|\]\(/);
    }),
    { numRuns: 60 },
  );
});
