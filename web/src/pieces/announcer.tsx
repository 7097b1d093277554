import { createContext, type ReactElement, type ReactNode, useCallback, useContext, useState } from 'react';

const Announcing = createContext<(words: string) => void>(() => undefined);

/** Says something to whoever listens instead of looking. */
export function useAnnounce(): (words: string) => void {
  return useContext(Announcing);
}

/** The one live region of the page. A sentence that is said twice is marked apart, so that it is read twice. */
export function Announcer({ children }: { readonly children: ReactNode }): ReactElement {
  const [said, setSaid] = useState({ words: '', times: 0 });
  const announce = useCallback((words: string) => setSaid(({ times }) => ({ words, times: times + 1 })), []);
  return (
    <Announcing value={announce}>
      {children}
      <div className="for-ears" role="status" aria-live="polite">
        {said.words}
        {said.times % 2 === 0 ? '' : '\u00a0'}
      </div>
    </Announcing>
  );
}
