import { type Citation, type Claim, type EvidencePointer, pointerKey } from '../domain/citation.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { PublishedClaim, PublishedEvidence } from '../domain/investigation.ts';
import { commandToSee } from '../domain/kubectl-commands.ts';

/** A stable id: where the evidence is, and a short sum of what it showed, so that equal citations share one entry. */
export function evidenceId(citation: Citation): string {
  return `${pointerKey(citation.of)}#${shortSum(citation.shows)}`;
}

export function publishClaim(of: Claim): PublishedClaim {
  return { says: of.says, citing: [...new Set(of.citing.map(evidenceId))] };
}

const longestExcerpt = 400;

/** The evidence behind claims, by id, sorted so that the same investigation always prints the same. */
export function publishEvidence(citations: readonly Citation[], takenAt: Instant): { readonly [id: string]: PublishedEvidence } {
  const entries = citations.map(
    (citation) =>
      [
        evidenceId(citation),
        {
          source: sourceOf(citation.of),
          command: commandToSee(citation.of),
          at: formatInstant(citation.at ?? takenAt),
          excerpt: citation.shows.slice(0, longestExcerpt),
        },
      ] as const,
  );
  return Object.fromEntries([...new Map(entries)].toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

function sourceOf(of: EvidencePointer): string {
  switch (of.kind) {
    case 'object':
    case 'list':
      return 'kubernetes-api';
    case 'log':
      return 'container-log';
    case 'metric':
    case 'alert':
    case 'scrape-target':
      return 'prometheus';
    case 'node-command':
      return 'node';
    case 'probe':
      return 'connectivity-probe';
    case 'service-call':
      return 'service-calls';
  }
}

/** FNV-1a, 32 bits: short, and the same on every machine. */
function shortSum(text: string): string {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0').slice(0, 6);
}
