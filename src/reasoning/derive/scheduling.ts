import type { SchedulingVerdict } from '../../domain/scheduling.ts';
import type { FactSource } from '../fact-source.ts';
export function deriveScheduling(_facts: FactSource): readonly SchedulingVerdict[] { return []; }
