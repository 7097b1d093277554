import type { SourceOptions } from './composition.ts';
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
  | { readonly command: 'permissions' }
  | { readonly command: 'explain'; readonly wanted: Wanted; readonly colour: ColourChoice }
  | { readonly command: 'completion'; readonly shell: Shell };

export type Wanted =
  | { readonly kind: 'all' }
  | { readonly kind: 'mode'; readonly id: string }
  | { readonly kind: 'search'; readonly words: string };
