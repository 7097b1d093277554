import type { Incident } from '../../domain/incident.ts';
import { type Acting, happened, type StepOutcome } from './acting.ts';

/** Ends the incident: what it left is listed, and what is kept on purpose goes into the follow-up. */
export async function closeIncident(acting: Acting, { investigations }: Incident, signal: AbortSignal): Promise<StepOutcome> {
  await acting.debugPods(signal);
  const followUps = investigations.at(-1)?.investigation.followUps ?? [];
  return happened({ kind: 'closed', looseEnds: [], followUps });
}
