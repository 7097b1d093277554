import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from 'react';

/** Width of an element in CSS pixels, 0 until it is known. */
export function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (of.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(of.current);
    return () => observer.disconnect();
  }, [of]);
  return width;
}

/** Colours and type of the page, for a canvas, which does not inherit them. */
export interface Paint {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly ground: string;
  readonly bad: string;
  readonly good: string;
  readonly doubt: string;
  readonly family: string;
}

const light = '(prefers-color-scheme: light)';

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(light);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

export function usePaint(): Paint {
  const isLight = useSyncExternalStore(subscribe, () => window.matchMedia(light).matches);
  return useMemo(() => readPaint(isLight), [isLight]);
}

function readPaint(_isLight: boolean): Paint {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    quiet: colour('quiet'),
    line: colour('line'),
    ground: colour('ground'),
    bad: colour('bad'),
    good: colour('good'),
    doubt: colour('doubt'),
    family: getComputedStyle(document.body).fontFamily,
  };
}
