import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useAnnounce } from './announcer.tsx';

const shownMilliseconds = 2_000;

/** A command as one would type it, with a button that copies it. `isBarred`: printed as a comment, since nobody should run it. */
export function Command({ line, isBarred = false }: { readonly line: string; readonly isBarred?: boolean }): ReactElement {
  const code = useRef<HTMLElement>(null);
  return (
    <div className={`command${isBarred ? ' command-barred' : ''}`}>
      <code ref={code}>{isBarred ? `# ${line}` : line}</code>
      {isBarred ? null : <CopyButton text={line} what="command" selects={() => code.current} />}
    </div>
  );
}

interface Copying {
  readonly text: string;
  readonly what: string;
  /** What is selected where the browser lets nobody write to the clipboard, as over plain HTTP. */
  readonly selects: () => HTMLElement | null;
}

export function CopyButton({ text, what, selects }: Copying): ReactElement {
  const announce = useAnnounce();
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = window.setTimeout(() => setSaid(undefined), shownMilliseconds);
    return () => window.clearTimeout(timer);
  }, [said]);

  const tell = (words: string): void => {
    setSaid(words);
    announce(words);
  };
  const copy = (): void => {
    const { clipboard } = navigator as { readonly clipboard?: Clipboard };
    const bySelecting = (): void => {
      const element = selects();
      if (element !== null) window.getSelection()?.selectAllChildren(element);
      tell('Selected: copy it by hand');
    };
    if (clipboard === undefined) bySelecting();
    else clipboard.writeText(text).then(() => tell('Copied'), bySelecting);
  };
  return (
    <button type="button" className="copy" onClick={copy} aria-label={`Copy ${what}`}>
      {said ?? 'Copy'}
    </button>
  );
}
