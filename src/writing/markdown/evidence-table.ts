import type { Investigation, PublishedClaim } from '../../domain/investigation.ts';
import { causesOf, competitorsOf, spokenInstant } from '../spoken.ts';
import { codeInCell, prose, table } from './markdown-safe.ts';

/** Numbers for the evidence that the notes rest on, in order of first mention. */
export interface Cites {
  /** " [1](#evidence-1)" for what the claims cite. Empty: nothing that is known. */
  readonly marks: (claims: readonly PublishedClaim[]) => string;
  /** The first is number 1. */
  readonly ids: readonly string[];
}

export function citeNumbers(investigation: Investigation): Cites {
  const ids = [...new Set(citedIn(investigation))].filter((id) => Object.hasOwn(investigation.evidence, id));
  const numberOf = new Map(ids.map((id, index) => [id, index + 1]));
  return {
    ids,
    marks: (claims) =>
      [...new Set(claims.flatMap((claim) => claim.citing))]
        .flatMap((id) => numberOf.get(id) ?? [])
        .toSorted((one, other) => one - other)
        .map((number) => ` [\\[${number}\\]](#evidence-${number})`)
        .join(''),
  };
}

export function writeEvidenceTable({ evidence }: Investigation, cites: Cites): readonly string[] {
  return table(
    ['', 'Command', 'Seen', 'At'],
    cites.ids.flatMap((id, index) => {
      const piece = evidence[id];
      return piece === undefined
        ? []
        : [
            [
              `<a id="evidence-${index + 1}"></a>${index + 1}`,
              codeInCell(piece.command),
              codeInCell(piece.excerpt),
              prose(spokenInstant(piece.at)),
            ],
          ];
    }),
  );
}

function citedIn(investigation: Investigation): readonly string[] {
  const { onset, alert, changes, hypotheses, mitigations, outcome } = investigation;
  const told =
    outcome === 'explained' ? [...causesOf(investigation), ...competitorsOf(investigation)] : hypotheses.filter((each) => each.root);
  const consequences = hypotheses.filter((each) => !each.root);
  const claims = [
    ...(onset?.because ?? []),
    ...alert.because,
    ...changes.filter((change) => change.standing !== 'unrelated').flatMap((change) => change.because),
    ...told.flatMap((each) => [...each.because, ...each.against, ...each.cascade.flatMap((step) => step.because), ...each.contributing]),
    ...consequences.flatMap((each) => each.against),
    ...mitigations.flatMap((each) => each.because),
  ];
  return claims.flatMap((claim) => claim.citing);
}
