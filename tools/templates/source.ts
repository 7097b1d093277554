import type { EvidenceKind, Reading } from '../../src/domain/evidence.ts';
import { type EvidenceRequest, type EvidenceSource, unreadable } from '../../src/ports/evidence-source.ts';

/** FILL IN: where the evidence comes from, and how one gets access to it. */
export function placeholderName(address: URL): EvidenceSource {
  return {
    name: 'placeholder-id',
    // FILL IN: the kinds of evidence that this source can answer. A new kind belongs to src/domain/evidence.ts first.
    provides: [],
    // The ClusterRole and the setup guide are generated from these.
    permissions: [{ resource: 'FILL IN: the resource, path or command', verbs: ['get'], why: 'FILL IN: what it is read for' }],
    identify() {
      return Promise.resolve({
        state: 'failed',
        attempted: `FILL IN: the exact question, at ${address.href}`,
        happened: 'FILL IN: what came back',
        whatToDo: 'FILL IN: what the reader can do next',
      });
    },
    read<Kind extends EvidenceKind>(wanted: EvidenceRequest<Kind>): Promise<Reading<Kind>> {
      // Never throws: that something could not be read is evidence too.
      return Promise.resolve(unreadable('not-configured', `FILL IN: what was attempted for ${wanted.kind}, what happened, what to do`));
    },
    cost: () => ({ requests: 0, bytes: 0 }),
    close: () => Promise.resolve(),
  };
}
