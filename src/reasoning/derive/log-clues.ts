import type { LogClue } from '../../domain/log-clue.ts';
import type { FactSource } from '../fact-source.ts';
export function deriveLogClues(_facts: FactSource): readonly LogClue[] { return []; }
