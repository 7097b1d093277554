import { StringDecoder } from 'node:string_decoder';
import { isRecord } from '../../domain/shape.ts';
import { loadYaml } from './load-yaml.ts';
import type { PieceLimits, Pieces, PieceSink } from './pieces.ts';

/** Characters of list items that are parsed together: enough that the parser's fixed cost does not count. */
const batchCharacters = 2 * 1024 * 1024;

/**
 * Cuts YAML into documents while it streams by, and a long document that is a list into batches of its items. An item
 * begins at a hyphen in the column of the first one; no text inside an item can reach that column.
 */
export function yamlPieces(sink: PieceSink, limits: PieceLimits): Pieces {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  let document = emptyDocument();

  const flush = (): void => {
    finishDocument(document, sink);
    document = emptyDocument();
  };
  const take = (line: string): boolean => {
    if (line.startsWith('---') && (line.length === 3 || /^---\s/.test(line))) {
      flush();
      const rest = line.slice(3).trim();
      return rest === '' || rest.startsWith('#') ? true : takeLine(document, rest, sink, limits);
    }
    if (line === '...' || line === '...\r') {
      flush();
      return true;
    }
    return takeLine(document, line, sink, limits);
  };
  return {
    push(chunk) {
      const text = unfinished + decoder.write(chunk);
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        if (!take(text.slice(start, end))) return false;
        start = end + 1;
      }
      unfinished = text.slice(start);
      if (unfinished.length <= limits.objectBytes) return true;
      sink.complain(`a line in it has more than ${limits.objectBytes} characters`);
      return false;
    },
    end() {
      const last = unfinished + decoder.end();
      if (last === '' || take(last)) flush();
    },
  };
}

interface YamlDocument {
  /** What is not part of a list item; all of it while no batch was cut off. */
  readonly lines: string[];
  items: string[];
  characters: number;
  itemCharacters: number;
  /** Column of the hyphens of the list that is being read; below 0: none is. */
  itemColumn: number;
  isAwaitingItem: boolean;
  hasBatches: boolean;
}

function emptyDocument(): YamlDocument {
  return { lines: [], items: [], characters: 0, itemCharacters: 0, itemColumn: -1, isAwaitingItem: true, hasBatches: false };
}

function takeLine(document: YamlDocument, line: string, sink: PieceSink, limits: PieceLimits): boolean {
  const column = line.search(/[^ ]/);
  const isBlank = column < 0 || line[column] === '#' || line[column] === '\r';
  if (!isBlank) {
    const isItem = line[column] === '-' && (line.length === column + 1 || line[column + 1] === ' ' || line[column + 1] === '\r');
    if (document.itemColumn >= 0) {
      if (column < document.itemColumn || (column === document.itemColumn && !isItem)) document.itemColumn = -1;
      else if (isItem && column === document.itemColumn && document.itemCharacters > batchCharacters) flushItems(document, sink);
    } else if (document.isAwaitingItem && isItem) document.itemColumn = column;
    // The list follows "items:", or is the whole document.
    document.isAwaitingItem = /^items:\s*(#.*)?$/.test(line);
  }
  if (document.itemColumn >= 0) {
    document.items.push(line);
    document.itemCharacters += line.length + 1;
  } else {
    document.lines.push(line);
  }
  document.characters += line.length + 1;
  if (document.itemCharacters <= limits.objectBytes && document.characters - document.itemCharacters <= limits.partBytes) return true;
  sink.complain('a document in it is too large to be read as one piece');
  return false;
}

function flushItems(document: YamlDocument, sink: PieceSink): void {
  const loaded = loadYaml(`items:\n${document.items.join('\n')}`);
  if (!document.hasBatches) sink.listBegins(document.lines.join('\n'));
  document.items = [];
  document.characters -= document.itemCharacters;
  document.itemCharacters = 0;
  document.hasBatches = true;
  if (loaded.state === 'failed') sink.complain(loaded.happened);
  else if (isRecord(loaded.value) && Array.isArray(loaded.value['items'])) loaded.value['items'].forEach(sink.item);
}

function finishDocument(document: YamlDocument, sink: PieceSink): void {
  const isOnlyItems = document.lines.every((line) => line.trim() === '' || line.trimStart().startsWith('#'));
  if (isOnlyItems && document.items.length === 0 && !document.hasBatches) return;
  if (document.hasBatches) {
    flushItems(document, sink);
    const envelope = isOnlyItems ? { state: 'loaded' as const, value: [] } : loadYaml(document.lines.join('\n'));
    if (envelope.state === 'failed') sink.complain(envelope.happened);
    // Its items were handed out; what is left of them reads as nothing.
    else sink.document(isRecord(envelope.value) ? { ...envelope.value, items: [] } : envelope.value);
    return;
  }
  const loaded = loadYaml(wholeText(document));
  if (loaded.state === 'failed') sink.complain(loaded.happened);
  else if (loaded.value !== null && loaded.value !== undefined) sink.document(loaded.value);
}

/** The items go back to where they were taken from: behind the line that announces them. */
function wholeText(document: YamlDocument): string {
  const announced = document.lines.findIndex((line) => /^items:\s*(#.*)?$/.test(line));
  return [...document.lines.slice(0, announced + 1), ...document.items, ...document.lines.slice(announced + 1)].join('\n');
}
