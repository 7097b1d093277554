import { type Layout, paragraph } from '../layout.ts';
import { isCommand } from '../spoken.ts';
import { oneCommand } from '../terminal-safe.ts';

/** A command on a line of its own, never broken, so that it can be copied; advice in words as a paragraph. Empty text: no lines. */
export function writeCommand(text: string, indent: string, layout: Layout): readonly string[] {
  const command = oneCommand(text);
  if (command === '') return [];
  return isCommand(command)
    ? [layout.palette.command(`${indent}$ ${command}`)]
    : paragraph({ text, mark: indent, paint: layout.palette.faint }, layout);
}
