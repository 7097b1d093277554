import type { AttemptView, IncidentView } from '../../src/surfaces/http/contract.ts';

/* Parts of what the server says, by the names that the page uses. */

export type Investigation = NonNullable<IncidentView['investigation']>;
export type Claim = Investigation['alert']['because'][number];
export type Subject = Investigation['mitigations'][number]['subject'];
export type Axis = Investigation['scope']['axes'][number];
export type Matrix = NonNullable<Investigation['scope']['matrix']>;
export type Replica = Matrix['rows'][number];
export type Series = NonNullable<Investigation['alert']['measured']>;
export type Change = Investigation['changes'][number];
export type Hypothesis = Investigation['hypotheses'][number];
export type Mitigation = Investigation['mitigations'][number];
export type Evidence = Investigation['evidence'];
export type FollowUp = Investigation['followUps'][number];
export type Precondition = AttemptView['preconditions'][number];
export type Proof = NonNullable<AttemptView['proofs']>['all'][number];
export type Holds = Precondition['holds'];
