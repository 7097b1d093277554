import type { RoleWish } from '../../domain/ability.ts';
import type { ActSettings, StorePlace } from './acting-composition.ts';
import type { SourceOptions } from './looking.ts';
import type { PolicyRequest } from './policy-composition.ts';
import type { ServeRequest } from './serving-composition.ts';
import type { McpRequest } from './mcp-request.ts';
import type { ColourChoice } from './colours.ts';

export const outputFormats = ['text', 'json', 'markdown'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Where to look, before the alert is read. */
export type SourceRequest = Omit<SourceOptions, 'alert'> & {
  /** Path of a file, or "-" for standard input. */
  readonly alertFrom?: string;
};

/** What somebody asked for, parsed and checked, before anything is done. */
export type CommandRequest =
  | {
      readonly command: 'investigate';
      readonly source: SourceRequest;
      readonly record?: string;
      readonly output: OutputFormat;
      readonly colour: ColourChoice;
    }
  | { readonly command: 'record'; readonly source: SourceRequest; readonly to: string }
  | { readonly command: 'demo'; readonly output: OutputFormat; readonly colour: ColourChoice }
  | { readonly command: 'permissions'; readonly wish: RoleWish }
  | {
      readonly command: 'check';
      /** What somebody is about to run, in one text. It is never run. */
      readonly checked: string;
      readonly source: SourceRequest;
      readonly output: Exclude<OutputFormat, 'markdown'>;
      readonly colour: ColourChoice;
    }
  | { readonly command: 'explain'; readonly wanted: Wanted; readonly colour: ColourChoice }
  | { readonly command: 'completion'; readonly shell: Shell }
  | { readonly command: 'serve'; readonly request: ServeRequest }
  | ActingRequest
  | McpRequest
  | PolicyRequest
  | ({ readonly command: 'incidents'; readonly place: StorePlace; readonly incident?: string } & Presentation);

/** How the answer is written, and what was agreed to beforehand. */
export interface Presentation {
  readonly output: OutputFormat;
  readonly colour: ColourChoice;
  /** Ids of mitigations. */
  readonly approved: readonly string[];
  /** True: what was agreed to may also destroy evidence that could not be saved. */
  readonly isWithoutEvidence: boolean;
}

/** What may be started to look. Left out: as when the incident was opened. */
export type Probing = Pick<SourceOptions, 'nodeAccess' | 'canExec'>;

export type ActingRequest = Presentation & { readonly settings: ActSettings } & (
    | { readonly command: 'mitigate'; readonly source: SourceRequest; readonly isFollowedThrough: boolean; readonly isDryRun: boolean }
    | { readonly command: 'resume'; readonly incident: string; readonly isFollowedThrough: boolean; readonly probing: Probing }
    | { readonly command: 'restore'; readonly incident: string; readonly probing: Probing }
    | { readonly command: 'undo'; readonly incident: string; readonly attempt?: number }
    | { readonly command: 'abort'; readonly incident: string }
  );

export type Wanted =
  | { readonly kind: 'all' }
  | { readonly kind: 'mode'; readonly id: string }
  | { readonly kind: 'search'; readonly words: string };
