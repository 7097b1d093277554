import { plainText } from '../domain/plain-text.ts';
import { redactEnvironmentValue, redactText } from '../domain/redaction.ts';

/** Long enough for any sentence, short enough for one line of a report. */
const longestLine = 500;
const longestLabelValue = 1000;
/** Prometheus itself warns from about thirty labels on. */
const mostLabels = 100;
const longestKeptExpression = 8192;

/** One line without control characters and secrets. Undefined: there are no words. */
export function safeLine(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  // Redaction sees more than is kept, so that a cut never leaves half of a secret that no rule recognises.
  const line = redactText(plainText(raw.slice(0, longestLine * 8)))
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return undefined;
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

/** Labels as Prometheus allows them; numbers and truth values as text, anything else is dropped. */
export function safeLabels(raw: unknown): { readonly [name: string]: string } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return {};
  const labels = Object.entries(raw)
    .slice(0, mostLabels)
    .flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
      // Names that begin with "__" are Prometheus's own and never reach a receiver.
      if (text === undefined || !/^(?!__)[A-Za-z_][\w.\-/]{0,199}$/.test(name)) return [];
      return [
        [
          name,
          plainText(redactEnvironmentValue(name, text.slice(0, longestLabelValue * 8)))
            .replace(/\s+/g, ' ')
            .trim()
            .slice(0, longestLabelValue),
        ] as const,
      ];
    });
  return Object.fromEntries(labels);
}

/** PromQL as it was written. Undefined: none, too long, or it carries a secret, since a masked query asks another question. */
export function safeExpression(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw.length > longestKeptExpression) return undefined;
  const plain = plainText(raw).trim();
  return plain === '' || redactText(plain) !== plain ? undefined : plain;
}

/** The expression inside the address that Prometheus and its relatives put into a payload: …/graph?g0.expr=… */
export function expressionInAddress(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || !URL.canParse(raw)) return undefined;
  const { searchParams, hash } = new URL(raw);
  const inHash = new URLSearchParams(hash.replace(/^#[^?]*\??/, ''));
  for (const name of ['g0.expr', 'expr']) {
    const expression = safeExpression(searchParams.get(name) ?? inHash.get(name));
    if (expression !== undefined) return expression;
  }
  return undefined;
}
